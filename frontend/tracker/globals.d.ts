/** What the page and the browser offer beyond the DOM's own types. */

type DataLayerEntry = Record<string | number, unknown>;

interface RipelyCommand {
  (name: string, ...rest: never[]): void;
  q?: [string, ...never[]][];
  loaded?: boolean;
}

interface Window {
  ripely?: RipelyCommand;
  dataLayer?: (DataLayerEntry | null)[];
}

interface Navigator {
  readonly globalPrivacyControl?: boolean;
}

interface Document {
  readonly prerendering?: boolean;
}

declare const VERSION: string;

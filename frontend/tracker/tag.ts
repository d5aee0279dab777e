/** What the script tag says: the only place that reads its options. */

const tag = (document.currentScript ||
  document.querySelector("script[data-write-key]")) as HTMLScriptElement;
const options = tag.dataset;

export const writeKey = options.writeKey;
export const endpoint = (options.host || new URL(tag.src).origin) + "/v1/batch";
export const cookieDomain = options.cookieDomain;
export const allForms = options.forms === "all";
export const readsDataLayer = options.dataLayer !== "ignore";
export const searchParams = (options.searchParams || "q,query,s,search").split(",");

/** When this browser may keep the visitor's id. Where the tag says nothing: only after consent. */
export const always = options.consent === "always";
export const never = options.consent === "never";

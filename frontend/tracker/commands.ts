/** What a page may say: `ripely("track", "Seat Chosen", { row: 4 })`. */

import { save } from "./memory";
import { type Fields, say, track } from "./message";
import { turnPage } from "./pages";
import { flush } from "./queue";
import { become, consent, forget } from "./visitor";

const COMMANDS: Record<string, (...rest: never[]) => void> = {
  track,
  page: turnPage,
  identify,
  consent(granted: boolean) {
    consent(granted);
    save();
    flush();
  },
  reset: forget,
};

function identify(user?: string | Fields, traits: Fields = {}): void {
  if (user instanceof Object) traits = user;
  else if (user) become(`${user}`);
  say("identify", { traits });
}

/** Takes over from the stub, which has kept the calls made before this script was here. */
export function listen(): void {
  const waiting = window.ripely?.q || [];
  const command = (name: string, ...rest: never[]) => COMMANDS[name]?.(...rest);
  command.loaded = true;
  window.ripely = command;
  for (const call of waiting) command(...call);
}

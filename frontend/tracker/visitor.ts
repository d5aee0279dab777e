/** Who is visiting, and whether this browser may remember it. */

import { always, cookieDomain, never } from "./tag";
import { uuid } from "./uuid";

const COOKIE_SECONDS = 365 * 86_400;
const REFUSED = "no";

/** The visitor's general "do not share or sell" (Global Privacy Control). */
export const gpc = navigator.globalPrivacyControl === true;
const mayAsk = !always && !never;
const mayStore = mayAsk || (always && !gpc);

const cookie = /(?:^|; )ripely=(no|[\w-]{36})([^;]*)/.exec(document.cookie) || [];
const [, cookieId = "", cookieUser] = cookie;

export let stored = mayStore && (always || cookieId !== "") && cookieId !== REFUSED;
export let anonymousId = (stored && cookieId) || uuid();
export let userId = stored && cookieUser ? decodeURIComponent(cookieUser) : undefined;

/** Where consent is asked for, a general "do not share" holds until this site is told otherwise. */
export function isHeard(): boolean {
  return stored || !gpc || !mayAsk;
}

export function consent(granted: boolean): void {
  if (!mayStore) return;
  if (stored && !granted) forget();
  stored = granted;
  remember();
}

export function become(user: string): void {
  userId = user;
  remember();
}

/** From here on it is somebody else: the next person at the device, or one who withdrew. */
export function forget(): void {
  anonymousId = uuid();
  userId = undefined;
  remember();
}

/** Renews the cookie, or clears away what an earlier choice has left. */
export function remember(): void {
  if (stored) setCookie(anonymousId + encodeURIComponent(userId || ""));
  // A refusal must outlive the page only where the next one would otherwise store at once.
  else if (mayStore && always) setCookie(REFUSED);
  else setCookie("", 0);
}

function setCookie(value: string, seconds = COOKIE_SECONDS): void {
  document.cookie =
    `ripely=${value};path=/;max-age=${seconds};samesite=lax` +
    (cookieDomain ? `;domain=${cookieDomain}` : "") +
    (location.protocol === "https:" ? ";secure" : "");
}

/** Page views, also of single-page applications, with the site search, time and scroll on them. */

import { memory, save } from "./memory";
import { type Fields, say, track } from "./message";
import { address, arrive, page } from "./place";
import { flushByBeacon } from "./queue";
import { searchParams } from "./tag";

// An application sets the title of its new page shortly after its address.
const SETTLE_MS = 50;

let current: string;
let view: string | undefined;
let settling: number | undefined;
let seenMs: number;
let seenSince: number | undefined;
let scroll: number;
let reported: string;

export function enter(referrer: string): void {
  current = address();
  arrive(referrer);
}

/** Reports the page that was entered. */
export function viewPage(name?: string, properties?: Fields): void {
  view = say("page", { name, properties: { ...page, ...properties } });
  seenMs = scroll = 0;
  watchTime();
  reportSearch();
}

function reportSearch(): void {
  const asked = new URLSearchParams(location.search);
  const query = searchParams.map((name) => asked.get(name)?.trim()).find(Boolean);
  const searched = query && page.path + query;
  // The second page of results, or a reload, is not a second search.
  if (!searched || searched === memory.visit!.searched) return;
  memory.visit!.searched = searched;
  save();
  track("Products Searched", { query });
}

export function watchPages(): void {
  for (const method of ["pushState", "replaceState"] as const) {
    const original = history[method];
    history[method] = function (...state) {
      original.apply(this, state);
      notice();
    };
  }
  addEventListener("popstate", notice);
  addEventListener("pageshow", (event) => event.persisted && turnPage());
  addEventListener("scroll", watchScroll, { passive: true });
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : watchTime()));
}

function notice(): void {
  watchScroll();
  clearTimeout(settling);
  settling = address() === current ? 0 : setTimeout(turnPage, SETTLE_MS);
}

export function turnPage(name?: string, properties?: Fields): void {
  watchScroll();
  clearTimeout(settling);
  settling = 0;
  reportTime();
  enter(page.url);
  viewPage(name, properties);
}

function leave(): void {
  if (settling) turnPage();
  watchScroll();
  reportTime();
  flushByBeacon();
}

function watchTime(): void {
  seenSince = document.hidden ? 0 : performance.now();
}

/** Not when a page begins, for then little of it is there; nor when it is about to be another. */
function watchScroll(): void {
  if (settling) return;
  const reached = (scrollY + innerHeight) / document.documentElement.scrollHeight;
  scroll = Math.max(scroll, Math.min(100, Math.round(reached * 100)));
}

/** Both numbers grow while the page is open; the last report of a view counts. */
function reportTime(): void {
  const now = performance.now();
  if (seenSince) seenMs += now - seenSince;
  seenSince = document.hidden ? 0 : now;
  const { url, path } = page;
  const left = { url, path, seconds: Math.round(seenMs / 1000), scroll, view };
  if (view && reported !== (reported = JSON.stringify(left))) track("Page Left", left);
}

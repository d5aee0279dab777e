/** Where the visitor is and what brought them: one page of a visit. */

import { memory, save } from "./memory";

const VISIT_PAUSE_MS = 30 * 60_000;
const CLICK_ID = /(clk?id|braid|li_fat_id|igshid|rdt_cid)$/i;

export interface Page {
  url: string;
  path: string;
  title: string;
  referrer: string;
  search: string;
}

interface Touch {
  campaign?: Record<string, string>;
  clickIds?: Record<string, string>;
}

export interface FirstTouch extends Touch {
  url: string;
  referrer: string;
}

export let page: Page;
export let touch: Touch;

/** Everything that tells one page from another; a fragment does only if it is a route. */
export function address(): string {
  return location.pathname + location.search + route();
}

function route(): string {
  return /^#!?\//.test(location.hash) ? location.hash : "";
}

export function arrive(referrer: string): void {
  page = {
    url: location.origin + address(),
    path: location.pathname + route(),
    title: document.title,
    referrer,
    search: location.search,
  };
  touch = readTouch();
  const now = Date.now();
  const visit = memory.visit;
  if (!visit || now - visit.at > VISIT_PAUSE_MS) {
    memory.visit = { at: now, first: { url: page.url, referrer, ...touch } };
  } else {
    visit.at = now;
  }
  save();
}

function readTouch(): Touch {
  const found: Touch = {};
  for (const [name, value] of new URLSearchParams(location.search)) {
    const utm = /^utm_(.+)/.exec(name)?.[1];
    if (utm) (found.campaign ||= {})[utm === "campaign" ? "name" : utm] = value;
    else if (CLICK_ID.test(name)) (found.clickIds ||= {})[name] = value;
  }
  return found;
}

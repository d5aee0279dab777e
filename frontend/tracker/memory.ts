/** What outlives a page load in this tab, if the visitor may be remembered at all. */

import type { Message } from "./message";
import type { FirstTouch } from "./place";
import { stored } from "./visitor";

const KEY = "ripely";

interface Memory {
  queue: Message[];
  visit?: { at: number; first: FirstTouch; searched?: string };
}

export const memory: Memory = recall() || { queue: [] };

function recall(): Memory | null {
  try {
    return stored ? JSON.parse(sessionStorage.getItem(KEY)!) : null;
  } catch {
    return null; // forbidden by the browser, or not ours
  }
}

export function save(): void {
  try {
    if (stored) sessionStorage.setItem(KEY, JSON.stringify(memory));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Forbidden or full: what this page has still to send is sent, it only outlives it no more.
  }
}

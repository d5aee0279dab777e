/** Brings messages to the collector: in batches, again after a failure, at last by beacon. */

import { memory, save } from "./memory";
import type { Message } from "./message";
import { endpoint, writeKey } from "./tag";
import { isHeard, stored } from "./visitor";

const BATCH_PAUSE_MS = 500;
const RETRY_MS_MAX = 300_000;
const QUEUE_MAX = 200;
const MESSAGE_BYTES_MAX = 32_000;
// Browsers allow 64 kB for all that is on its way when a page is left.
const BATCH_BYTES_MAX = 59_000;

let timer: number | undefined;
let inFlight: Message[] = [];
let failures = 0;

export function enqueue(message: Message): void {
  if (bytes(message) > MESSAGE_BYTES_MAX) return;
  memory.queue.push(message);
  if (memory.queue.length > QUEUE_MAX) memory.queue.shift();
  save();
  schedule(BATCH_PAUSE_MS);
}

function schedule(pause: number): void {
  if (!inFlight[0]) timer ||= setTimeout(flush, pause);
}

export async function flush(): Promise<void> {
  clearTimeout(timer);
  timer = 0;
  if (inFlight[0] || !memory.queue[0] || !isHeard()) return;
  const batch = (inFlight = firstBatch(memory.queue));
  const pause = await deliver(batch);
  inFlight = [];
  if (!pause) drop(batch);
  if (memory.queue[0]) schedule(pause || BATCH_PAUSE_MS);
}

/** Returns how long to wait before the same batch is tried again; 0 when it is done with. */
async function deliver(batch: Message[]): Promise<number> {
  let retryAfter = 0;
  try {
    const answer = await fetch(endpoint, {
      method: "POST",
      body: envelope(batch),
      credentials: "omit",
      keepalive: true,
    });
    // What the collector has refused once it would refuse again.
    if (answer.status !== 429 && answer.status < 500) return (failures = 0);
    retryAfter = Number(answer.headers.get("Retry-After")) * 1000;
  } catch {
    // Offline, or the connection broke: the same as a busy collector.
  }
  const backOff = 1000 * 2 ** failures++ * (0.5 + Math.random());
  return Math.min(retryAfter || backOff, RETRY_MS_MAX);
}

/** The page may be gone in a moment: hand everything to the browser. */
export function flushByBeacon(): void {
  // A beacon has no answer. While the collector has trouble, the next page of the tab tries again.
  if (!isHeard() || (failures && stored)) return;
  let rest = memory.queue.filter((message) => !inFlight.includes(message));
  while (rest[0]) {
    const batch = firstBatch(rest);
    if (!navigator.sendBeacon(endpoint, envelope(batch))) return;
    rest = rest.slice(batch.length);
    drop(batch);
  }
}

function drop(batch: Message[]): void {
  memory.queue = memory.queue.filter((message) => !batch.includes(message));
  save();
}

function firstBatch(messages: Message[]): Message[] {
  let total = 0;
  const end = messages.findIndex((message) => (total += bytes(message)) > BATCH_BYTES_MAX);
  return messages.slice(0, end < 0 ? messages.length : end);
}

function envelope(batch: Message[]): string {
  return JSON.stringify({ writeKey, sentAt: new Date().toISOString(), batch });
}

function bytes(message: Message): number {
  return new Blob([JSON.stringify(message)]).size;
}

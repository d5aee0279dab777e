/** Messages in the Segment format, each with the context it was said in. */

import { memory } from "./memory";
import { page, touch } from "./place";
import { enqueue } from "./queue";
import { uuid } from "./uuid";
import { anonymousId, gpc, stored, userId } from "./visitor";

export type Fields = Record<string, unknown>;

export interface Message extends Fields {
  messageId: string;
}

export function track(event: string, properties: Fields = {}): void {
  say("track", { event, properties });
}

/** Queues a message and returns its id. */
export function say(type: string, fields: Fields): string {
  const messageId = uuid();
  enqueue({
    type,
    messageId,
    anonymousId,
    userId,
    timestamp: new Date().toISOString(),
    context: context(),
    ...fields,
  });
  return messageId;
}

function context(): Fields {
  return {
    page,
    ...touch,
    firstTouch: memory.visit!.first,
    locale: navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: { width: screen.width, height: screen.height, density: devicePixelRatio },
    userAgent: navigator.userAgent,
    library: { name: "ripely.js", version: VERSION },
    gpc: gpc || undefined,
    // An id that dies with the page says nothing about the next one.
    ephemeral: !stored || undefined,
  };
}

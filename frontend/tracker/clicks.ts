/** Marked clicks, links that lead away, and downloads. */

import { type Fields, track } from "./message";

const TEXT_MAX = 200;
const PROPERTY = "data-ripely-prop-";
const DOWNLOAD =
  /\.(pdf|zip|rar|7z|gz|docx?|xlsx?|pptx?|od[tsp]|csv|txt|rtf|epub|mp[34]|mov|avi|wav|exe|dmg|pkg|apk)$/i;

export function watchClicks(): void {
  // In the capture phase, because a page's own handlers may stop a click on its way.
  addEventListener("click", ({ target }) => target instanceof Element && clicked(target), true);
}

function clicked(target: Element): void {
  if (target.closest("[data-ripely-ignore]")) return;
  const marked = target.closest<HTMLElement>("[data-ripely-event]");
  const link = target.closest<HTMLAnchorElement>("a[href]");
  if (marked) {
    const name = marked.dataset.ripelyEvent;
    track("Element Clicked", { name, text: text(marked), href: link?.href, ...properties(marked) });
  }
  if (link) followed(link);
}

function followed(link: HTMLAnchorElement): void {
  const { href: url, pathname = "", protocol } = link;
  const extension = DOWNLOAD.exec(pathname)?.[1]?.toLowerCase();
  if (extension) {
    track("File Downloaded", { url, file: pathname.split("/").pop(), extension });
  } else if (
    /^(tel|mailto)/.test(protocol) ||
    (/^http/.test(protocol) && link.host !== location.host)
  ) {
    track("Link Clicked", { href: url, text: text(link) });
  }
}

function text(element: HTMLElement): string {
  const { innerText, value, ariaLabel } = element as HTMLInputElement;
  return (innerText || value || ariaLabel || "").trim().replace(/\s+/g, " ").slice(0, TEXT_MAX);
}

function properties(element: Element): Fields {
  const found: Fields = {};
  for (const { name, value } of element.attributes) {
    if (name.startsWith(PROPERTY)) found[name.slice(PROPERTY.length).replace(/-/g, "_")] = value;
  }
  return found;
}

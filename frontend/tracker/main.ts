/** The tracker: one script tag that tells a Ripely host what a visitor does on the site. */

import { watchClicks } from "./clicks";
import { listen } from "./commands";
import { watchForms } from "./forms";
import { say } from "./message";
import { enter, viewPage, watchPages } from "./pages";
import { flush } from "./queue";
import { watchDataLayer } from "./shop";
import { readsDataLayer, writeKey } from "./tag";
import { remember } from "./visitor";

function start(): void {
  if (window.ripely?.loaded) return;
  const contactToken = takeToken();
  remember();
  enter(document.referrer);
  if (contactToken) say("identify", { contactToken });
  listen();
  viewPage();
  flush();
  watchPages();
  watchClicks();
  watchForms();
  if (readsDataLayer) watchDataLayer();
}

/** The signed link in a mail says who clicked; it must not stay in the address bar to be shared. */
function takeToken(): string | null {
  const token = new URLSearchParams(location.search).get("_rt");
  if (token) {
    const search = location.search.replace(/\b_rt=[^&]*&?/, "").replace(/[?&]$/, "");
    history.replaceState(history.state, "", location.pathname + search + location.hash);
  }
  return token;
}

if (!writeKey) console.warn("ripely.js: no data-write-key");
else if (document.prerendering) document.addEventListener("prerenderingchange", start);
// A page that has a body has read its head, and so knows its title.
else if (document.body) start();
else document.addEventListener("DOMContentLoaded", start);

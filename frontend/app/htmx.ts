/** htmx under our content security policy, with Django's protection against forged requests. */

import htmx from "htmx.org";

/** A question that a newer one replaced, or a page that was left; what really fails is told by an event of its own. */
const NO_ERRORS = new Set(["htmx:afterRequest", "htmx:sendAbort"]);

export function configureHtmx(): void {
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    // Its inline style is against the policy; styles/app.css has the same rules.
    includeIndicatorStyles: false,
    selfRequestsOnly: true,
  });
  // Asked before an event is told to the console as an error.
  htmx.logger = (_: Element, name: string, detail: { error?: string }) => {
    if (NO_ERRORS.has(name)) delete detail.error;
  };
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
    if (token) (event as CustomEvent).detail.headers["X-CSRFToken"] = token;
  });
}

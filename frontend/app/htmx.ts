/** htmx under our content security policy, with Django's protection against forged requests. */

import htmx from "htmx.org";

export function configureHtmx(): void {
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    // Its inline style is against the policy; styles/app.css has the same rules.
    includeIndicatorStyles: false,
    selfRequestsOnly: true,
  });
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
    if (token) (event as CustomEvent).detail.headers["X-CSRFToken"] = token;
  });
}

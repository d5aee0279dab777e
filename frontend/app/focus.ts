/** `data-focus` is where work goes on, also on a page that opens at an anchor: `autofocus` does nothing there. */

export function focusFirst(): void {
  // Going to the anchor takes the focus away: that is over with the load of the page.
  addEventListener("load", () => document.querySelector<HTMLElement>("[data-focus]")?.focus({ preventScroll: true }));
}

/** `data-focus` is where work goes on, also on a page that opens at an anchor: `autofocus` does nothing there. */

export function focusFirst(): void {
  document.addEventListener("DOMContentLoaded", () =>
    document.querySelector<HTMLElement>("[data-focus]")?.focus({ preventScroll: true }),
  );
}

/** `data-poll` asks the server every few seconds, but not while nobody looks or somebody is reading inside. */

export function watchPolling(): void {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = (event as CustomEvent).detail;
    const timed = elt instanceof HTMLElement && elt.matches("[data-poll]") && requestConfig.elt === elt;
    if (timed && (document.hidden || isBusy(elt))) event.preventDefault();
  });
}

/** Text that is being selected, or a control that has the focus, must not vanish under the hand. */
function isBusy(element: HTMLElement): boolean {
  const selection = getSelection();
  const selecting = selection && !selection.isCollapsed && element.contains(selection.anchorNode);
  return Boolean(selecting) || element.contains(document.activeElement);
}

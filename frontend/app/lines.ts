/** `<button data-line="12">` shows that line in the document that is being written. */

const LINES_ABOVE = 3;

export function watchLines(): void {
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest<HTMLElement>("[data-line]");
    const text = document.querySelector<HTMLTextAreaElement>("#text");
    if (button && text) show(text, Number(button.dataset.line));
  });
}

function show(text: HTMLTextAreaElement, line: number): void {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((length, one) => length + one.length + 1, 0);
  text.focus({ preventScroll: true });
  text.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  text.scrollTop = Math.max(0, line - 1 - LINES_ABOVE) * parseFloat(getComputedStyle(text).lineHeight);
  text.scrollIntoView({ block: "nearest" });
}

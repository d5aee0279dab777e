/** `<button data-copy="#snippet">` copies that element's text and says so for a moment. */

const SAID_MS = 1500;

export function watchCopyButtons(): void {
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest<HTMLElement>("[data-copy]");
    if (button) void copy(button);
  });
}

async function copy(button: HTMLElement): Promise<void> {
  const source = document.querySelector<HTMLElement>(button.dataset.copy!);
  if (!source) return;
  await write(source);
  button.classList.add("is-copied");
  setTimeout(() => button.classList.remove("is-copied"), SAID_MS);
}

async function write(source: HTMLElement): Promise<void> {
  const text = source instanceof HTMLInputElement ? source.value : source.innerText;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Plain HTTP has no clipboard: select the text, so that one key does the rest.
    getSelection()?.selectAllChildren(source);
  }
}

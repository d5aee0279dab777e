/** `<details data-keep id="...">` stays as it was when the part of the page around it is replaced. */

export function keepFolds(): void {
  const open = new Map<string, boolean>();
  document.addEventListener(
    "toggle",
    ({ target }) => {
      if (target instanceof HTMLDetailsElement && isKept(target)) open.set(target.id, target.open);
    },
    true,
  );
  for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
    document.addEventListener(name, () => {
      for (const [id, was] of open) {
        const fold = document.getElementById(id);
        if (fold instanceof HTMLDetailsElement) fold.open = was;
      }
    });
  }
}

function isKept(fold: HTMLElement): boolean {
  return "keep" in fold.dataset;
}

/** Light or dark: the system's choice until the person makes one, which a cookie keeps for the server. */

const YEAR_S = 31_536_000;
const page = document.documentElement;

export function watchTheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if ("themeFollows" in page.dataset) page.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  follow();
  dark.addEventListener("change", follow);
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-theme-switch]")) choose();
  });
}

function choose(): void {
  const theme = page.dataset.bsTheme === "dark" ? "light" : "dark";
  page.dataset.bsTheme = theme;
  delete page.dataset.themeFollows;
  document.cookie = `ripely_theme=${theme}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

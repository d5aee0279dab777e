/** `<time datetime="..." data-relative>` reads "5 minutes ago" and keeps up; its title has the moment. */

const REFRESH_MS = 15_000;
const UNITS: [Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });

export function watchTimes(): void {
  document.addEventListener("DOMContentLoaded", refresh);
  document.addEventListener("htmx:afterSwap", refresh);
  setInterval(refresh, REFRESH_MS);
}

function refresh(): void {
  const now = Date.now();
  for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-relative]")) {
    const moment = new Date(element.dateTime);
    element.textContent = relative((moment.getTime() - now) / 1000);
    element.title ||= moment.toLocaleString();
  }
}

function relative(seconds: number): string {
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  return format.format(Math.trunc(seconds / size), unit);
}

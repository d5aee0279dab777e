/** Turns the sources of this folder into the files that the product serves. */

import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";

const BUILT = new URL("../src/ripely/web/static/built/", import.meta.url);
const ICONS = new URL("node_modules/@tabler/icons/icons/", import.meta.url);
const PRINTED = new URL("node_modules/dejavu-fonts-ttf/ttf/", import.meta.url);
const TRACKER_BYTES_MAX = 4000;
const MINIFY = { ecma: 2020, toplevel: true, compress: { passes: 3, unsafe_arrows: true } };

await mkdir(BUILT, { recursive: true });
await Promise.all([tracker(), pages(), icons(), fonts()]);

async function tracker() {
  const define = { VERSION: JSON.stringify(await version()) };
  const unfinished = { entryPoints: ["tracker/main.ts"], define, write: false, minify: false };
  const { outputFiles } = await bundle(unfinished);
  const script = (await minify(outputFiles[0].text, MINIFY)).code;
  await writeFile(new URL("ripely.js", BUILT), script);
  const bytes = gzipSync(script, { level: 9 }).length;
  console.log(`ripely.js: ${bytes} bytes gzip, of at most ${TRACKER_BYTES_MAX}`);
  if (bytes > TRACKER_BYTES_MAX) {
    console.error("ripely.js is too large: it rides on every page of every customer.");
    process.exitCode = 1;
  }
}

async function version() {
  const project = await readFile(new URL("../pyproject.toml", import.meta.url), "utf8");
  return /^version = "(.+)"$/m.exec(project)[1];
}

async function pages() {
  await bundle({ entryPoints: { app: "app/main.ts" }, legalComments: "linked" });
  // Apart from the rest, because it is large, and only few pages have plots.
  await bundle({ entryPoints: { plot: "app/plot.ts" }, legalComments: "linked" });
  await bundle({ entryPoints: { app: "styles/app.css" }, legalComments: "inline", loader: { ".woff2": "file" } });
}

function bundle(options) {
  return build({
    absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
    outdir: fileURLToPath(BUILT),
    bundle: true,
    format: "iife",
    minify: true,
    target: "es2021",
    logLevel: "warning",
    ...options,
  });
}

/** One sprite of the icons named in icons.txt; a page shows one by `<use href="...icons.svg#name">`. */
async function icons() {
  const list = await readFile(new URL("icons.txt", import.meta.url), "utf8");
  const names = list.split("\n").filter((line) => line && !line.startsWith("#"));
  const symbols = await Promise.all(names.map(symbol));
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
  await writeFile(new URL("icons.svg", BUILT), sprite);
}

async function symbol(name) {
  const style = name.endsWith("-filled") ? "filled" : "outline";
  const file = new URL(`${style}/${name.replace(/-filled$/, "")}.svg`, ICONS);
  const svg = await readFile(file, "utf8").catch(() => {
    throw new Error(`icons.txt names "${name}", which is not an icon of @tabler/icons`);
  });
  const drawing = svg.slice(svg.indexOf(">") + 1, svg.lastIndexOf("</svg>")).replace(/\s*\n\s*/g, "");
  const paint =
    style === "filled"
      ? 'fill="currentColor"'
      : 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${drawing}</symbol>`;
}

/** What is printed has its fonts in it: these have the letters of most languages of Europe. */
async function fonts() {
  const names = ["DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono"];
  await Promise.all(names.map((name) => copyFile(new URL(`${name}.ttf`, PRINTED), new URL(`${name}.ttf`, BUILT))));
}

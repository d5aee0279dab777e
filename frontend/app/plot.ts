/** `data-plot` draws what the table inside it says; the table stays for whoever would rather read. */

import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

interface Plot {
  labels: string[];
  /** A `line` goes in steps, a `curve` from point to point; on the `right` is an axis of its own. No value is not known. */
  series: { name: string; values: (number | null)[]; line?: boolean; curve?: boolean; right?: boolean }[];
}

const COLOURS = ["--brand", "--blue", "--violet", "--warn", "--bad"];
const POINTS_SHOWN = 40;
const drawn = new Map<HTMLElement, EChartsType>();

document.addEventListener("DOMContentLoaded", drawAll);
document.addEventListener("htmx:afterSwap", drawAll);
addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
// Colours come from the theme: another one means to draw anew.
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });

function drawAll(): void {
  for (const [element, chart] of drawn) {
    if (!element.isConnected) {
      chart.dispose();
      drawn.delete(element);
    }
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-plot]")) {
    if (!drawn.has(element)) draw(element);
  }
}

function redraw(): void {
  for (const [element, chart] of drawn) chart.setOption(options(element), true);
}

function draw(element: HTMLElement): void {
  const canvas = element.querySelector<HTMLElement>(".plot-canvas");
  if (!canvas) return;
  canvas.hidden = false;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${seriesOf(element).join(", ")}; the table below says the same`);
  const chart = init(canvas);
  chart.setOption(options(element));
  drawn.set(element, chart);
}

function plotOf(element: HTMLElement): Plot {
  return JSON.parse(element.dataset.plot ?? "{}");
}

function seriesOf(element: HTMLElement): string[] {
  return plotOf(element).series.map((one) => one.name);
}

function options(element: HTMLElement) {
  const plot = plotOf(element);
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const text = { color: colour("--ink-2"), fontFamily: style.getPropertyValue("--tblr-font-sans-serif") };
  const stacked = plot.series.filter((one) => !one.line && !one.curve).length > 1;
  const axis = { type: "value", minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: colour("--line") } } };
  const two = plot.series.some((one) => one.right);
  return {
    animation: false,
    color: COLOURS.map(colour),
    textStyle: text,
    grid: { left: 8, right: 8, top: plot.series.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
    // One line, however many there are: on a phone the others are a tap away.
    legend: { show: plot.series.length > 1, type: "scroll", top: 0, left: 0, textStyle: text, itemWidth: 14, pageIconColor: colour("--ink-2"), pageTextStyle: text },
    // Drawn, and not made of elements: the policy of the pages allows no style in them.
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: colour("--surface"),
      borderColor: colour("--line-2"),
      textStyle: { color: colour("--ink"), fontSize: 12 },
    },
    xAxis: { type: "category", data: plot.labels, axisLabel: { ...text, alignMaxLabel: "right" }, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--line-2") } } },
    yAxis: two ? [axis, { ...axis, splitLine: { show: false } }] : axis,
    series: plot.series.map((one, n) => ({
      name: one.name,
      type: one.line || one.curve ? "line" : "bar",
      data: one.values,
      yAxisIndex: one.right ? 1 : 0,
      barMaxWidth: 28,
      showSymbol: Boolean(one.curve) && plot.labels.length <= POINTS_SHOWN,
      step: one.line ? "middle" : undefined,
      // There are more things to show than colours that everybody can tell apart.
      lineStyle: { type: n < COLOURS.length ? "solid" : "dashed" },
      stack: stacked && !one.line && !one.curve ? "all" : undefined,
    })),
  };
}

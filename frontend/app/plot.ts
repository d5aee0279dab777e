/** `data-plot` draws what the table inside it says; the table stays for whoever would rather read. */

import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

interface Plot {
  labels: string[];
  series: { name: string; values: number[]; line?: boolean }[];
}

const COLOURS = ["--brand", "--blue", "--violet", "--warn", "--bad"];
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
  const chart = init(canvas);
  chart.setOption(options(element));
  drawn.set(element, chart);
}

function options(element: HTMLElement) {
  const plot: Plot = JSON.parse(element.dataset.plot ?? "{}");
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const text = { color: colour("--ink-2"), fontFamily: style.getPropertyValue("--tblr-font-sans-serif") };
  const stacked = plot.series.filter((one) => !one.line).length > 1;
  return {
    animation: false,
    color: COLOURS.map(colour),
    textStyle: text,
    grid: { left: 8, right: 8, top: plot.series.length > 1 ? 36 : 12, bottom: 4, containLabel: true },
    legend: { show: plot.series.length > 1, top: 0, left: 0, textStyle: text, itemWidth: 14 },
    // Drawn, and not made of elements: the policy of the pages allows no style in them.
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: colour("--surface"),
      borderColor: colour("--line-2"),
      textStyle: { color: colour("--ink"), fontSize: 12 },
    },
    xAxis: { type: "category", data: plot.labels, axisLabel: text, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--line-2") } } },
    yAxis: { type: "value", minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: colour("--line") } } },
    series: plot.series.map((one) => ({
      name: one.name,
      type: one.line ? "line" : "bar",
      data: one.values,
      barMaxWidth: 28,
      showSymbol: false,
      step: one.line ? "middle" : undefined,
      stack: stacked && !one.line ? "all" : undefined,
    })),
  };
}

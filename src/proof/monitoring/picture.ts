import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { DrawnPanel } from "./check.js";

use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);

const COLUMNS = 3;
const [WIDTH, HEIGHT, GAP] = [420, 190, 12];
const LINES = 8; // of a panel: more can't be told apart
const FONT = "system-ui, sans-serif";
const [LEGEND_SIZE, LEGEND_ROW] = [8.5, 14];
const PALETTE = ["#3b6fb6", "#d9822b", "#3d9a50", "#c0392b", "#7d5ba6", "#8a6d4b", "#c86fa8", "#6b7280"];
/** What ECharts adds for the mouse. */
const FOR_THE_MOUSE = /<style\b.*?<\/style>| (?:class|ecmeta_\w+|pointer-events)="[^"]*"/gs;
/** A tenth of a pixel is as much as is seen. */
const FINE_NUMBER = /(\d+\.\d)\d+/g;

/** The dashboard as one SVG: what its queries have found, panel by panel, in a light colour of its own on any page. */
export function drawDashboard(panels: readonly DrawnPanel[]): string {
  const rows = Math.ceil(panels.length / COLUMNS);
  const [width, height] = [COLUMNS * (WIDTH + GAP) + GAP, rows * (HEIGHT + GAP) + GAP];
  const drawn = panels.map((panel, i) => {
    const x = GAP + (i % COLUMNS) * (WIDTH + GAP);
    const y = GAP + Math.floor(i / COLUMNS) * (HEIGHT + GAP);
    return `<g transform="translate(${x} ${y})"><rect width="${WIDTH}" height="${HEIGHT}" rx="4" fill="#fff" stroke="#d5d8de"/>${drawPanel(panel)}</g>`;
  });
  const title = "Every panel of the Grafana dashboard under a short load test";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
<rect width="${width}" height="${height}" fill="#f3f4f6"/>
${drawn.join("\n")}
</svg>
`;
}

function drawPanel({ panel, lines }: DrawnPanel): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height: HEIGHT });
  const shown = lines.slice(0, LINES);
  chart.setOption({
    animation: false,
    color: PALETTE,
    textStyle: { fontFamily: FONT, fontSize: 10 },
    ...(panel.type === "bargauge" ? bars(panel, shown) : curves(panel, shown)),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  const title = `<text x="10" y="17" font-family="${FONT}" font-size="12" font-weight="600" fill="#1f2937">${escape(panel.title)}</text>`;
  return title + svg.replace(FOR_THE_MOUSE, "").replace(FINE_NUMBER, "$1");
}

type Lines = DrawnPanel["lines"];

function curves({ fieldConfig }: DrawnPanel["panel"], lines: Lines): EChartsCoreOption {
  const { unit, max, custom } = fieldConfig.defaults;
  const stack = custom?.stacking.mode === "normal" ? "all" : undefined;
  const shown = stack ? aligned(lines) : lines;
  return {
    legend: {
      ...{ bottom: 2, left: 8, right: 8, itemWidth: 10, itemHeight: 6, itemGap: 6 },
      textStyle: { fontSize: LEGEND_SIZE },
    },
    grid: { left: 52, right: 12, top: 28, bottom: 24 + LEGEND_ROW * legendRows(lines) },
    xAxis: { type: "time", axisLabel: { fontSize: 9, hideOverlap: true, formatter: "{mm}:{ss}" }, splitNumber: 4 },
    yAxis: { type: "value", min: 0, max, splitNumber: 3, axisLabel: { fontSize: 9, formatter: inUnit(unit) } },
    series: shown.map(({ name, points }) => ({
      ...{ type: "line", name, stack, symbol: "none", lineStyle: { width: 1.2 } },
      ...(stack && { areaStyle: { opacity: 0.25 } }),
      data: points.map(([time, value]) => [Math.round(time * 1000), Number(value.toPrecision(5))]),
    })),
  };
}

/** ECharts lays a legend out without telling anybody how high it is. */
function legendRows(lines: Lines): number {
  let [rows, x] = [1, 0];
  for (const { name } of lines) {
    const width = 20 + LEGEND_SIZE * 0.55 * name.length;
    if (x > 0 && x + width > WIDTH - 16) [rows, x] = [rows + 1, 0];
    x += width;
  }
  return rows;
}

/** A value for every line at every time, 0 where it has none: ECharts stacks points by their place, not by their time. */
function aligned(lines: Lines): Lines {
  const times = [...new Set(lines.flatMap(({ points }) => points.map(([time]) => time)))].sort((a, b) => a - b);
  return lines.map(({ name, points }) => {
    const values = new Map(points);
    return { name, points: times.map((time) => [time, values.get(time) ?? 0] as const) };
  });
}

function bars({ fieldConfig }: DrawnPanel["panel"], lines: Lines): EChartsCoreOption {
  const format = inUnit(fieldConfig.defaults.unit);
  return {
    grid: { left: 190, right: 50, top: 28, bottom: 10 },
    xAxis: { type: "value", show: false },
    yAxis: { type: "category", inverse: true, data: lines.map(({ name }) => name), axisLabel: { fontSize: 9 } },
    series: [
      {
        type: "bar",
        data: lines.map(({ points }) => points.at(-1)?.[1] ?? 0),
        label: {
          show: true,
          position: "right",
          fontSize: 9,
          formatter: ({ value }: { value: number }) => format(value),
        },
      },
    ],
  };
}

/** How an axis writes Grafana's units. */
function inUnit(unit: string): (value: number) => string {
  const short = (value: number) => `${Number(value.toPrecision(3))}`;
  switch (unit) {
    case "s":
      return (value) => `${short(value * 1000)} ms`;
    case "percentunit":
      return (value) => `${short(value * 100)} %`;
    case "bytes":
      return (value) => `${short(value / 2 ** 20)} MiB`;
    case "reqps":
      return (value) => `${short(value)}/s`;
    default:
      return short;
  }
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");

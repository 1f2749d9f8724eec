import { figure } from "../markdown.js";
import type { Report } from "../report.js";
import type { TargetReport } from "../target-report.js";
import { keyOf, symbolOf, type Figure, type Key } from "../../../charts/figure.js";
import { axis, bottomAxis, COLOUR, drawing, seriesColour } from "../../../charts/svg.js";

const GRID = { left: 64, right: 28, top: 36, bottom: 52 };
const HEIGHT = 380;

type Point = readonly [number, number];

/** One line a target, in its colour and with its symbol, and the legend of those that have one. */
function lines(targets: readonly TargetReport[], points: (target: TargetReport) => readonly Point[]) {
  const series: object[] = [];
  const legend: Key[] = [];
  for (const [i, target] of targets.entries()) {
    const data = points(target);
    if (data.length === 0) continue;
    const colour = seriesColour(i);
    const style = { itemStyle: { color: colour }, lineStyle: { color: colour, width: 2 } };
    series.push({ type: "line", data, symbol: symbolOf(i), symbolSize: 8, showSymbol: true, ...style });
    legend.push(keyOf(target.label, i));
  }
  return { series, legend };
}

/** Ticks of a logarithmic axis. */
const tick = (value: number): string => figure(value).replace(/\.0+$/, "");

const upAxis = (name: string): object => axis({ type: "log", name, axisLabel: { formatter: tick } });

/** Where `100 / (100 − percentile)` puts the percentiles that people name. */
const percentileName = (value: number): string => {
  const percentile = 100 - 100 / value;
  return percentile === 0 ? "fastest" : `p${Number(percentile.toFixed(3))}`;
};

export function distribution({ targets }: Report): Figure | undefined {
  const { series, legend } = lines(targets, ({ one_client: [one] }) =>
    (one?.curve ?? []).map(([percentile, ms]): Point => [100 / (100 - percentile), ms]),
  );
  if (series.length === 0) return undefined;
  const title = "Distribution of latency, one client";
  const xAxis = bottomAxis("percentile", { type: "log", axisLabel: { formatter: percentileName } });
  const svg = drawing(title, HEIGHT, { grid: GRID, xAxis, yAxis: upAxis("ms over HTTP"), series });
  const caption = "What the fastest 90 %, 99 % of the requests took at most. A flat line is an even engine.";
  return { title, caption, legend, svg };
}

const FULL = { silent: true, symbol: "none", lineStyle: { color: COLOUR.muted }, label: { show: false } };

export function againstLoad({ targets }: Report, percentile: "p50" | "p99"): Figure | undefined {
  const { series, legend } = lines(targets, ({ loads }) =>
    loads.flatMap(({ percent, http }) => (http ? [[percent, http[percentile]] as const] : [])),
  );
  if (series.length === 0) return undefined;
  const title = `Latency against load, ${percentile}`;
  const marked = series.map((one, i) => (i === 0 ? { ...one, markLine: { ...FULL, data: [{ xAxis: 100 }] } } : one));
  const xAxis = bottomAxis("load, % of the engine's own capacity", { type: "value", min: 0, interval: 25 });
  const svg = drawing(title, HEIGHT, { grid: GRID, xAxis, yAxis: upAxis("ms over HTTP"), series: marked });
  const caption =
    "Poisson arrivals, counted from when each was to be sent. Beyond 100 % (dashed) the queue grows as long as the block.";
  return { title, caption, legend, svg };
}

export function throughput({ targets }: Report): Figure | undefined {
  const counts = [...new Set(targets.flatMap(({ clients }) => clients.map(({ clients: count }) => count)))];
  if (counts.length < 2) return undefined;
  const { series, legend } = lines(targets, ({ clients }) =>
    clients.map(({ clients: count, per_second }): Point => [counts.indexOf(count), per_second]),
  );
  const title = "Throughput against clients";
  const xAxis = bottomAxis("clients that ask again at once", { type: "category", data: counts.map(String) });
  const svg = drawing(title, HEIGHT, { grid: GRID, xAxis, yAxis: upAxis("answers a second"), series });
  return { title, caption: "Closed loop: the highest point of a line is the engine's capacity.", legend, svg };
}

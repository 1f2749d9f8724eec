import { figure } from "../markdown.js";
import type { Report } from "../report.js";
import type { TargetReport } from "../target-report.js";
import { keyOf, symbolOf, type Figure } from "../../../charts/figure.js";
import { axis, bottomAxis, COLOUR, drawing, ROW_GRID, rowAxis, rowsHeight, seriesColour } from "../../../charts/svg.js";

interface Api {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
}

/** An interval as a line through its row. Data: [low, row, high]. */
function whisker(colour: string, shift: number) {
  return (_params: unknown, api: Api) => {
    const [left, y] = api.coord([api.value(0), api.value(1)]);
    const [right] = api.coord([api.value(2), api.value(1)]);
    const shape = { x1: left, x2: right, y1: y + shift, y2: y + shift };
    return { type: "line", shape, style: { stroke: colour, lineWidth: 2 } };
  };
}

/** Pixels between the two marks of a row. */
const APART = 7;

/** Ratios with their intervals; left of 1 the first engine of a pair is faster. */
export function ratioPlot({ ratios }: Report): Figure | undefined {
  const entries = Object.entries(ratios);
  if (entries.length === 0) return undefined;
  const one = { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: COLOUR.muted } };
  const times = [entries.map(([, ratio]) => ratio), entries.map(([, { http }]) => http)];
  const series = times.flatMap((of, i) => {
    const [colour, shift] = [seriesColour(i), i === 0 ? -APART : APART];
    const data = of.map(({ ci95: [low, high] }, row) => [low, row, high]);
    const mark = { symbol: symbolOf(i), symbolSize: 11, symbolOffset: [0, shift] };
    return [
      { type: "custom", data, renderItem: whisker(colour, shift), itemStyle: { color: colour } },
      {
        ...{ type: "scatter", data: of.map(({ p50 }, row) => [p50, row]), itemStyle: { color: colour, opacity: 1 } },
        ...mark,
        ...(i === 0 && { markLine: { ...one, data: [{ xAxis: 1 }] } }),
      },
    ];
  });
  const title = "Ratios of p50 with 95 % intervals";
  const ticks = { formatter: (value: number) => `${Number(value.toPrecision(2))}` };
  const xAxis = bottomAxis("times as long, one client", { type: "log", axisLabel: ticks });
  const yAxis = rowAxis(entries.map(([key]) => key));
  const svg = drawing(title, rowsHeight(entries.length), { grid: ROW_GRID, xAxis, yAxis, series });
  const caption = "Left of 1 (dashed) the first engine of a pair is the faster one.";
  return { title, caption, legend: [keyOf("inference", 0), keyOf("HTTP", 1)], svg };
}

interface Place {
  readonly label: string;
  readonly index: number;
  readonly ms: number;
  /** Per cent. */
  readonly score: number;
}

/** Those that no other is both faster and better than, fastest first. */
export function frontier(places: readonly Place[]): Place[] {
  const sorted = [...places].sort((a, b) => a.ms - b.ms || b.score - a.score);
  return sorted.filter(({ score }, i) => sorted.slice(0, i).every((faster) => faster.score < score));
}

function placesOf(targets: readonly TargetReport[], score: "intent" | "slot_f1"): Place[] {
  return targets.flatMap(({ label, accuracy, one_client: [one] }, index) =>
    accuracy && one ? [{ label, index, ms: one.http.p50, score: 100 * accuracy[score] }] : [],
  );
}

/** A point or two around the scores: an axis that ended at them would make much of a hair. */
const ROOM = {
  min: ({ min }: { min: number }) => Math.floor(min - 1),
  max: ({ max }: { max: number }) => Math.min(100, Math.ceil(max + 1)),
};

/** The Pareto picture: what accuracy costs in time. */
export function accuracyAgainstLatency({ targets }: Report, score: "intent" | "slot_f1"): Figure | undefined {
  const places = placesOf(targets, score);
  if (places.length === 0) return undefined;
  const name = score === "intent" ? "Intent accuracy" : "Slot F1";
  const title = `${name} against latency`;
  const points = places.map(({ index, ms, score: value }) => ({
    value: [ms, value],
    symbol: symbolOf(index),
    itemStyle: { color: seriesColour(index), opacity: 1 },
  }));
  const edge = frontier(places).map(({ ms, score: value }): [number, number] => [ms, value]);
  edge.push([Math.max(...places.map(({ ms }) => ms)), edge.at(-1)?.[1] ?? NaN]);
  const ticks = { formatter: (ms: number) => figure(ms).replace(/\.0+$/, "") };
  const svg = drawing(title, 380, {
    grid: { left: 64, right: 64, top: 44, bottom: 52 },
    xAxis: bottomAxis("ms over HTTP, p50, one client", { type: "log", axisLabel: ticks }),
    yAxis: axis({ type: "value", name: `${name}, %`, min: ROOM.min, max: ROOM.max }),
    series: [
      { type: "line", step: "end", data: edge, symbol: "none", lineStyle: { color: COLOUR.muted, type: "dashed" } },
      { type: "scatter", symbolSize: 13, data: points },
    ],
  });
  const caption =
    "MASSIVE dev. Up and left is better; below the dashed line another engine is both faster and better. " +
    "Engines without a scored model are missing.";
  return { title, caption, legend: places.map(({ label, index }) => keyOf(label, index)), svg };
}

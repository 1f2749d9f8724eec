import { figure } from "../markdown.js";
import type { Report } from "../report.js";
import { stages, type TargetReport } from "../target-report.js";
import { squareOf, type Figure } from "../../../charts/figure.js";
import {
  bottomAxis,
  COLOUR,
  drawing,
  FONT_SIZE,
  ROW_GRID,
  rowAxis,
  rowsHeight,
  seriesColour,
} from "../../../charts/svg.js";

/** In per cent; a hair less, so that no sum of rounded parts is beyond the axis. */
const FULL = 99.999;

/** A part of a bar and the place of its colour in the palette. */
type Part = readonly [name: string, colour: number];

const STAGES: readonly Part[] = [
  ["tokenize", 4],
  ["queue", 1],
  ["inference", 0],
  ["decode", 5],
  ["rest of the server", 7],
  ["HTTP", 6],
];

const TOKENS: readonly Part[] = [
  ["read", 0],
  ["read from a cache", 6],
  ["generated", 1],
];

interface Row {
  readonly label: string;
  /** In the order of the parts. */
  readonly values: readonly number[];
  /** At the bar's end. */
  readonly total: string;
}

function stacked(title: string, caption: string, parts: readonly Part[], rows: readonly Row[], xAxis: object): Figure {
  const series: object[] = parts.map(([, colour], i) => ({
    ...{ type: "bar", stack: "all", barWidth: 22, data: rows.map(({ values }) => values[i] ?? 0) },
    itemStyle: { color: seriesColour(colour), borderColor: COLOUR.paper, borderWidth: 1 },
  }));
  // A bar without length that carries the totals.
  series.push({
    ...{ type: "bar", stack: "all", data: rows.map(() => 0), itemStyle: { color: "transparent" } },
    label: {
      ...{ show: true, position: "right", color: COLOUR.ink, fontSize: FONT_SIZE },
      formatter: ({ dataIndex }: { dataIndex: number }) => rows[dataIndex]?.total ?? "",
    },
  });
  const yAxis = rowAxis(rows.map(({ label }) => label));
  const svg = drawing(title, rowsHeight(rows.length), { grid: ROW_GRID, xAxis, yAxis, series });
  return { title, caption, legend: parts.map(([name, colour]) => squareOf(name, colour)), svg };
}

const measured = ({ targets }: Report) =>
  targets.flatMap(({ label, one_client: [one] }: TargetReport) => (one ? [{ label, one }] : []));

export function timeSplit(report: Report): Figure | undefined {
  const rows = measured(report).map(({ label, one }) => {
    const times = stages(one.split_ms).map((ms) => Math.max(0, ms)); // clocks of two processes differ by microseconds
    const sum = times.reduce((total, ms) => total + ms, 0);
    return { label, values: times.map((ms) => (FULL * ms) / sum), total: `${figure(sum)} ms` };
  });
  if (rows.length === 0) return undefined;
  const xAxis = bottomAxis("% of a request's mean time", { type: "value", max: 100 });
  const caption = "Means, since medians do not add up. The milliseconds of each part are in the last table.";
  return stacked("Where the time goes, one client", caption, STAGES, rows, xAxis);
}

export function tokens(report: Report): Figure | undefined {
  const rows = measured(report).map(({ label, one: { tokens: own } }) => ({
    label,
    values: [own.prompt - own.cached, own.cached, own.generated],
    total: figure(own.prompt + own.generated),
  }));
  if (rows.length === 0) return undefined;
  const xAxis = bottomAxis("tokens, mean", { type: "value" });
  const caption =
    "A prompt is read at once, over all passes of the engine; what is generated is generated token by token.";
  return stacked("Tokens a request", caption, TOKENS, rows, xAxis);
}

import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent } from "echarts/components";
import { init, use, type EChartsCoreOption } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, ScatterChart, GridComponent, MarkLineComponent, SVGRenderer]);

/**
 * Colours are decided by the page's style sheet, for light and dark. ECharts knows no CSS variables, so it draws in
 * these stand-ins, which no palette of ours contains, and the finished drawing gets the variables in their place.
 */
const STAND_IN = "#0101";
const STAND_INS = /#0101([0-9a-f]{2})/g;
const NAMED = ["ink", "muted", "grid", "paper"] as const;
const SERIES = 8;

const standIn = (index: number): string => STAND_IN + index.toString(16).padStart(2, "0");

export const COLOUR = Object.fromEntries(NAMED.map((name, i) => [name, standIn(i)])) as Record<
  (typeof NAMED)[number],
  string
>;

/** The colour at a place of the palette, for a drawing; a target has the same in every plot of a report. */
export const seriesColour = (index: number): string => standIn(NAMED.length + (index % SERIES));

/** The same for a style sheet. */
export const variableOf = (index: number): string => `var(--series-${index % SERIES})`;

const variable = (index: number): string =>
  index < NAMED.length ? `var(--${NAMED[index]})` : variableOf(index - NAMED.length);

const WIDTH = 640;
const FONT = "system-ui, sans-serif";
export const FONT_SIZE = 13;

/** An axis with our colours; `option` adds to it. */
export function axis({
  axisLabel,
  ...option
}: {
  readonly axisLabel?: object;
  readonly [name: string]: unknown;
}): object {
  return {
    axisLine: { show: true, lineStyle: { color: COLOUR.muted } },
    axisTick: { lineStyle: { color: COLOUR.muted } },
    axisLabel: { color: COLOUR.ink, fontSize: FONT_SIZE, ...axisLabel },
    splitLine: { show: true, lineStyle: { color: COLOUR.grid } },
    nameTextStyle: { color: COLOUR.muted, fontSize: FONT_SIZE, align: "left" },
    ...option,
  };
}

/** The axis at the bottom, with its name below it. */
export const bottomAxis = (name: string, option: Parameters<typeof axis>[0]): object =>
  axis({
    ...{ name, nameLocation: "middle", nameGap: 32, nameTextStyle: { color: COLOUR.muted, fontSize: FONT_SIZE } },
    ...option,
  });

/** Labels of rows on the left, the first on top. */
export const rowAxis = (rows: readonly string[]): object =>
  axis({
    ...{ type: "category", data: rows.map(broken), inverse: true, splitLine: { show: false } },
    axisLabel: { lineHeight: 16 },
  });

/** A long label in lines that a margin has room for. */
const broken = (label: string): string =>
  label.replace("/", " /\n").replace(":", ":\n").replace("-side-by-side", "\nside by side");

/** Of a plot with labelled rows. */
export const ROW_GRID = { left: 156, right: 76, top: 8, bottom: 52 };
export const ROW_HEIGHT = 56;
export const rowsHeight = (rows: number): number => ROW_GRID.top + ROW_GRID.bottom + ROW_HEIGHT * rows;

/** What ECharts adds for the mouse: a colour of its own for the one that is pointed at, and references to the data. */
const FOR_THE_MOUSE = /<style\b.*?<\/style>| (?:class|ecmeta_\w+|pointer-events)="[^"]*"/gs;

/** A plot as an SVG that takes the width of its place. title: for those who can't see it */
export function drawing(title: string, height: number, option: EChartsCoreOption): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  chart.setOption({ animation: false, textStyle: { fontFamily: FONT, fontSize: FONT_SIZE }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg
    .replace(FOR_THE_MOUSE, "")
    .replace(STAND_INS, (_, index: string) => variable(Number.parseInt(index, 16)))
    .replace(/<svg width="\d+" height="\d+"/, `<svg role="img" aria-label="${escape(title)}"`);
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as HTML. */
export const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

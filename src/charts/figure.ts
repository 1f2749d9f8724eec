import { escape, variableOf } from "./svg.js";

/** One line of a plot's legend. */
export interface Key {
  readonly name: string;
  /** The place of its colour in the palette. */
  readonly colour: number;
  readonly mark: string;
}

/** A plot and what it shows. */
export interface Figure {
  readonly title: string;
  readonly caption: string;
  /** Set as text, which the browser measures better than the drawing could. */
  readonly legend: readonly Key[];
  readonly svg: string;
}

const SQUARE = "■";

/** A symbol as ECharts draws it, and as a character. */
const SYMBOLS = [
  ["circle", "●"],
  ["rect", SQUARE],
  ["triangle", "▲"],
  ["diamond", "◆"],
  ["path://M0,0L2,0L1,1.7Z", "▼"],
  ["path://M1,0L2,0L2,1L3,1L3,2L2,2L2,3L1,3L1,2L0,2L0,1L1,1Z", "✚"],
  ["path://M0,0L1.7,1L0,2Z", "▶"],
  ["path://M0,1L1.7,0L1.7,2Z", "◀"],
] as const;

/** The symbol of a target at a place of the list: seen without colours, too. */
export const symbolOf = (index: number): string => SYMBOLS[index % SYMBOLS.length]?.[0] ?? "circle";

export const keyOf = (name: string, index: number): Key => ({
  name,
  colour: index,
  mark: SYMBOLS[index % SYMBOLS.length]?.[1] ?? SQUARE,
});

export const squareOf = (name: string, colour: number): Key => ({ name, colour, mark: SQUARE });

export function drawn({ title, caption, legend, svg }: Figure): string {
  const keys = legend.map(
    ({ name, colour, mark }) => `<li><i style="color:${variableOf(colour)}">${mark}</i> ${escape(name)}</li>`,
  );
  const list = keys.length > 0 ? `<ul class="legend">${keys.join("")}</ul>` : "";
  return `<figure><h3>${escape(title)}</h3>${list}${svg}<figcaption>${escape(caption)}</figcaption></figure>`;
}

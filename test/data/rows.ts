import { makeRow, type Annotated, type Made, type Split } from "../../src/data/row.js";

/** A row of a text such as `wake me at [nine](time)`. */
export function made(marked: string, intent?: string, split: Split = "train", line = 1): Made {
  const entities: { name: string; start: number; end: number }[] = [];
  let text = "";
  for (const [, plain = "", value = "", name = ""] of marked.matchAll(/([^[]*)(?:\[([^\]]*)\]\((\w+)\))?/gu)) {
    text += plain;
    if (name !== "") entities.push({ name, start: text.length, end: text.length + value.length });
    text += value;
  }
  const place = { file: "data.yml", line, column: 1 };
  const found = makeRow({ place, text, intent, entities } satisfies Annotated, { id: `${split}:${line}`, split });
  if (!("row" in found)) throw new Error(found.message);
  return found;
}

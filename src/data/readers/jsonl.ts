import { z } from "zod";
import { EvaluationError } from "../../proof/evaluation/errors.js";
import { parseRow } from "../../proof/evaluation/labelled-text.js";
import type { Fault, Place } from "../place.js";
import type { Annotated } from "../row.js";
import { unbracketMassive } from "./brackets.js";
import { splitNamed, UNKNOWN_SPLIT, type Read } from "./reader.js";

/** Either rows or what is wrong, with the place in the line, from 0. */
type LineReader = (line: string, place: Place) => Annotated | { readonly column: number; readonly message: string };

function readLines(file: string, source: string, read: LineReader): Read {
  const rows: Annotated[] = [];
  const faults: Fault[] = [];
  for (const [i, line] of source.split("\n").entries()) {
    if (line.trim() === "") continue;
    const place = { file, line: i + 1, column: 1 };
    const found = jsonFault(line) ?? read(line, place);
    if ("entities" in found) rows.push(found);
    else faults.push({ place: { ...place, column: found.column + 1 }, message: found.message });
  }
  return { rows, faults, notes: [] };
}

function jsonFault(line: string): { column: number; message: string } | undefined {
  try {
    JSON.parse(line);
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return { column: columnIn(line, message), message: `is no JSON: ${message}` };
  }
}

/** V8 tells a position, or quotes what stands around an unexpected token, ten characters before it. */
function columnIn(line: string, message: string): number {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  const [, token = "", dots = "", context = ""] =
    /^Unexpected token '(.+?)', (\.\.\.)?(.*?)(?:\.\.\.)? is not valid JSON$/s.exec(message) ?? [];
  if (token === "") return message.includes("end of JSON") ? line.length : 0;
  return dots === "" ? Math.max(0, line.lastIndexOf(token)) : Math.max(0, line.indexOf(context.slice(1, -1)) + CONTEXT);
}

const CONTEXT = 10;

const Massive = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String).optional(),
  partition: z.string().optional(),
  intent: z.string().min(1),
  scenario: z.string().optional(),
  utt: z.string().optional(),
  annot_utt: z.string(),
});

/** MASSIVE as Amazon publishes it: `utt`, `annot_utt` with `[slot : value]`, `intent`, `partition`. */
export function readMassive(file: string, source: string): Read {
  return readLines(file, source, (line, place) => {
    const { data, error } = Massive.safeParse(JSON.parse(line));
    if (!data) return { column: 0, message: issuesOf(error) };
    const { annot_utt, utt, partition, ...rest } = data;
    const { text, entities, faults } = unbracketMassive(annot_utt);
    const begin = line.indexOf('"annot_utt"');
    if (faults[0])
      return { column: begin + line.slice(begin).indexOf(annot_utt.slice(0, 8)), message: faults[0].message };
    if (utt !== undefined && squeezed(utt) !== squeezed(text)) {
      return { column: begin, message: "annot_utt without its brackets is not utt" };
    }
    const split = partition === undefined ? undefined : splitNamed(partition);
    if (partition !== undefined && split === undefined) {
      return { column: line.indexOf('"partition"'), message: `"${partition}" ${UNKNOWN_SPLIT}` };
    }
    return { place, text, entities, split, intent: rest.intent, scenario: rest.scenario, id: rest.id };
  });
}

const Extras = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String).optional(),
  split: z.string().optional(),
  scenario: z.string().optional(),
});

/** Rows in our own format, to be checked, cut and reported on. */
export function readOwn(file: string, source: string): Read {
  return readLines(file, source, (line, place) => {
    const json: unknown = JSON.parse(line);
    const { data } = Extras.safeParse(json);
    if (!data) return { column: 0, message: "id, split and scenario are strings" };
    const split = data.split === undefined ? undefined : splitNamed(data.split);
    if (data.split !== undefined && split === undefined) {
      return { column: line.indexOf('"split"'), message: `"${data.split}" ${UNKNOWN_SPLIT}` };
    }
    try {
      const { text, intent, topic, slots = [] } = parseRow(JSON.stringify({ id: place.line, ...(json as object) }));
      return { place, text, intent, topic, split, id: data.id, scenario: data.scenario, entities: slots };
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      const field = /^(\w+)/.exec(error.message)?.[1] ?? "";
      return { column: Math.max(0, line.indexOf(`"${field}"`)), message: error.message };
    }
  });
}

const squeezed = (text: string): string =>
  text
    .split(/\p{White_Space}+/u)
    .filter(Boolean)
    .join(" ");

const issuesOf = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": ")).join("; ");

import { z } from "zod";
import { codePointOffsets } from "../text/offsets.js";
import { prepareText } from "../text/prepare.js";
import type { Fault, Place } from "./place.js";

export const SPLITS = ["train", "dev", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** A row as `onepass import` writes it and `training/` and `onepass evaluate` read it: docs/data-format.md. */
export const Row = z.strictObject({
  id: z.string().min(1),
  split: z.enum(SPLITS),
  text: z.string().min(1),
  tokens: z.array(z.string().min(1)),
  slots: z.array(z.string()),
  intent: z.string().min(1).optional(),
  scenario: z.string().min(1).optional(),
  topic: z.string().min(1).optional(),
  entities: z.array(z.strictObject({ type: z.string(), value: z.string(), start: z.int(), end: z.int() })),
});
export type Row = z.infer<typeof Row>;

/** A part of a text, half open, in UTF-16 code units. */
export interface Entity {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A labelled text as it stands in a file. */
export interface Annotated {
  readonly place: Place;
  readonly id?: string | undefined;
  readonly split?: Split | undefined;
  readonly text: string;
  readonly intent?: string | undefined;
  readonly scenario?: string | undefined;
  readonly topic?: string | undefined;
  readonly entities: readonly Entity[];
}

/** A row and what of its entities a model that tags words can't be taught or can't answer. */
export interface Made {
  readonly row: Row;
  readonly place: Place;
  /** Entities that begin or end inside a word. */
  readonly cutWords: number;
  /** Entities that have no tag, since another one has their word. */
  readonly untagged: number;
}

const SPACE = /\p{White_Space}/u;
const PLAIN = { nfkc: false, lowercase: false };

/**
 * White space becomes single spaces, so that tokens and text say the same, and offsets move along; tokens are what stands
 * between them. An entity tags every token that it touches. Returns a fault where a row can't be made.
 */
export function makeRow(annotated: Annotated, defaults: { readonly id: string; readonly split: Split }): Made | Fault {
  const { place, intent, scenario, topic } = annotated;
  const { text, moved } = singleSpaced(annotated.text);
  if (text === "") return { place, message: "the text is empty" };
  const entities: Entity[] = [];
  for (const { name, start, end } of annotated.entities.toSorted((a, b) => a.start - b.start)) {
    const entity = { name, ...trimmed(text, moved[start] ?? 0, moved[end] ?? text.length) };
    const last = entities.at(-1);
    if (entity.start >= entity.end) return { place, message: `the ${name} is empty or white space` };
    if (last && last.end > entity.start) return { place, message: `${last.name} and ${name} overlap` };
    entities.push(entity);
  }
  const { tokens, slots, untagged } = tagged(text, entities);
  const points = codePointOffsets(text);
  const row: Row = {
    id: annotated.id ?? defaults.id,
    split: annotated.split ?? defaults.split,
    ...{ text, tokens, slots },
    ...(intent !== undefined && { intent }),
    ...(scenario !== undefined && { scenario }),
    ...(topic !== undefined && { topic }),
    entities: entities.map(({ name, start, end }) => ({
      ...{ type: name, value: text.slice(start, end), start: points(start), end: points(end) },
    })),
  };
  return { row, place, untagged, cutWords: cutWords(text, entities) };
}

/** moved: [offset in `raw`, its end included] -> offset in the text. */
function singleSpaced(raw: string): { text: string; moved: Uint32Array } {
  const moved = new Uint32Array(raw.length + 1);
  let text = "";
  for (let i = 0; i < raw.length; i++) {
    const isSpace = SPACE.test(raw[i]!); // no white space lies beyond the Basic Multilingual Plane
    const wanted = isSpace ? text !== "" && !text.endsWith(" ") : true;
    moved[i] = text.length - Number(isSpace && !wanted && text !== "");
    if (wanted) text += isSpace ? " " : raw[i]!;
  }
  text = text.trimEnd();
  moved[raw.length] = text.length;
  return { text, moved: moved.map((offset) => Math.min(offset, text.length)) };
}

function trimmed(text: string, start: number, end: number): { start: number; end: number } {
  while (start < end && text[start] === " ") start += 1;
  while (end > start && text[end - 1] === " ") end -= 1;
  return { start, end };
}

function tagged(text: string, entities: readonly Entity[]) {
  const tokens = text.split(" ");
  const slots = tokens.map(() => "O");
  let untagged = 0;
  for (const { name, start, end } of entities) {
    const [first, last] = [wordAt(text, start), wordAt(text, end - 1)];
    if (slots[first] !== "O") untagged += 1;
    else for (let i = first; i <= last; i++) slots[i] = `${i === first ? "B" : "I"}-${name}`;
  }
  return { tokens, slots, untagged };
}

/** The place among tokens of what stands at an offset. */
const wordAt = (text: string, offset: number): number => text.slice(0, offset).split(" ").length - 1;

/** How many entities are not made of whole words, as the server cuts them: it can't answer with a part of one. */
function cutWords(text: string, entities: readonly Entity[]): number {
  const { words } = prepareText(text, PLAIN);
  const inside = (offset: number) => words.some(({ start, end }) => start < offset && offset < end);
  return entities.filter(({ start, end }) => inside(start) || inside(end)).length;
}

import { readFileSync } from "node:fs";
import fc from "fast-check";
import type { TagStructure } from "../../src/tasks/bio.js";

/** What `test/fixtures/decoding.json` holds both languages to. */
export interface DecodingCase extends TagStructure {
  readonly name: string;
  readonly tags: readonly string[];
  /** Probabilities, where the intent is asked for, and what becomes of them. */
  readonly intents?: readonly number[];
  readonly decided?: readonly number[];
  /** [words][tags] */
  readonly scores: readonly (readonly number[])[];
  readonly path: readonly string[];
}

const fixture = new URL("../fixtures/decoding.json", import.meta.url);
export const decodingCases = JSON.parse(readFileSync(fixture, "utf8")) as readonly DecodingCase[];

export const rowsOf = (scores: DecodingCase["scores"]) => scores.map((row) => Float32Array.from(row));

/** The sum that a path is worth, from the definition; minus infinity where BIO forbids it. row: of `compatibility`. */
export function worth(
  path: readonly string[],
  { tags, transitions, scores }: Pick<DecodingCase, "tags" | "transitions" | "scores">,
  row?: readonly number[],
): number {
  const slots = [...new Set(tags.filter((tag) => tag !== "O").map((tag) => tag.slice(2)))];
  return path.reduce((sum, tag, word) => {
    const before = path[word - 1];
    if (tag.startsWith("I-") && before !== tag && before !== `B-${tag.slice(2)}`) return -Infinity;
    const index = tags.indexOf(tag);
    const added = transitions?.[before === undefined ? tags.length : tags.indexOf(before)]?.[index] ?? 0;
    const penalty = tag.startsWith("B-") ? (row?.[slots.indexOf(tag.slice(2))] ?? 0) : 0;
    return sum + scores[word]![index]! + added + penalty;
  }, 0);
}

/** The most that any path is worth: tries all of them. */
export function mostWorth(one: Parameters<typeof worth>[1], row?: readonly number[]): number {
  const paths = one.scores.reduce<string[][]>(
    (paths) => paths.flatMap((path) => one.tags.map((tag) => [...path, tag])),
    [[]],
  );
  return Math.max(...paths.map((path) => worth(path, one, row)));
}

const INTENTS = 5;
const anyTags = fc.shuffledSubarray(["O", "B-a", "I-a", "B-b", "I-b"], { minLength: 5 });
const table = (rows: number, columns: number, max: number) => {
  const number = fc.float({ min: -4, max, noNaN: true });
  const row = fc.array(number, { minLength: columns, maxLength: columns });
  return fc.array(row, { minLength: rows, maxLength: rows });
};

/** Tables and scores that are no better known than each other, of texts of up to four words. */
export const anyCase = fc.record({
  tags: anyTags,
  transitions: table(6, 5, 4),
  compatibility: table(INTENTS, 2, 0),
  intents: fc.array(fc.float({ min: Math.fround(0.001), max: 1, noNaN: true }), {
    minLength: INTENTS,
    maxLength: INTENTS,
  }),
  scores: fc.nat(4).chain((words) => table(words, 5, 4)),
});

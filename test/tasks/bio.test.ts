import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBio, parseTagSet, TagSetError } from "../../src/tasks/bio.js";

const tags = ["O", "B-date", "I-date", "B-time", "I-time"];
const set = parseTagSet(tags);

/** Scores that favour one tag a word; the others' are the second number. */
function scoresFor(wanted: Record<string, number>[]): Float32Array[] {
  return wanted.map((row) => Float32Array.from(tags, (tag) => row[tag] ?? -9));
}

function pathOf(scores: Float32Array[]): string[] {
  return Array.from(decodeBio(scores, set), (tag) => tags[tag]!);
}

describe("parseTagSet", () => {
  test.each([
    [["B-x", "I-x"], 'the tag "O" is missing'],
    [["O", "O"], "twice"],
    [["O", "I-x"], 'has no "B-x"'],
    [["O", "B-"], "no BIO tag"],
    [["O", "date"], "no BIO tag"],
  ])("refuses %j", (tags, message) => {
    expect(() => parseTagSet(tags)).toThrow(TagSetError);
    expect(() => parseTagSet(tags)).toThrow(message);
  });

  test("takes slots in any order, and slots of one word only", () => {
    expect(parseTagSet(["I-a", "B-b", "O", "B-a"]).slots).toEqual(["a", "b", undefined, "a"]);
  });
});

describe("decodeBio", () => {
  test.each([
    ["no words have no tags", [], []],
    ["an I- tag cannot open a text", [{ "I-time": -0.1, "B-time": -1, O: -2 }], ["B-time"]],
    ["an I- tag cannot follow O", [{ O: -0.1 }, { "I-time": -0.1, O: -1 }], ["O", "O"]],
    [
      "an I- tag cannot follow another slot",
      [{ "B-date": -0.1 }, { "I-time": -0.1, "I-date": -0.5, O: -3 }],
      ["B-date", "I-date"],
    ],
    [
      "a sure I- tag changes the tag before it",
      [
        { O: -0.6, "B-time": -0.8 },
        { "I-time": -0.1, O: -3 },
      ],
      ["B-time", "I-time"],
    ],
    [
      "a span may follow a span",
      [{ "B-time": -0.1 }, { "I-time": -0.1 }, { "B-time": -0.1 }],
      ["B-time", "I-time", "B-time"],
    ],
  ] as [string, Record<string, number>[], string[]][])("%s", (_name, scores, path) => {
    expect(pathOf(scoresFor(scores))).toEqual(path);
  });

  test("finds the path that trying all of them finds", () => {
    const row = fc.array(fc.float({ min: -20, max: 0, noNaN: true }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
        const scores = rows.map((row) => Float32Array.from(row));
        const path = pathOf(scores);
        expect(isValid(path)).toBe(true);
        expect(total(path, scores)).toBeCloseTo(bruteForce(scores), 3);
      }),
      { numRuns: 200 },
    );
  });
});

function isValid(path: readonly string[]): boolean {
  return path.every((tag, i) => {
    const before = path[i - 1];
    return !tag.startsWith("I-") || before === tag || before === `B-${tag.slice(2)}`;
  });
}

function total(path: readonly string[], scores: readonly Float32Array[]): number {
  return path.reduce((sum, tag, i) => sum + scores[i]![tags.indexOf(tag)]!, 0);
}

/** The best score of all valid paths. */
function bruteForce(scores: readonly Float32Array[]): number {
  const paths = scores.reduce<string[][]>((paths) => paths.flatMap((path) => tags.map((tag) => [...path, tag])), [[]]);
  return Math.max(...paths.filter(isValid).map((path) => total(path, scores)));
}

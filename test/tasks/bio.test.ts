import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBio, parseTagSet, TagSetError } from "../../src/tasks/bio.js";
import { logSoftmax } from "../../src/tasks/softmax.js";
import { anyCase, decodingCases, mostWorth, rowsOf, worth } from "./decoding.js";

const tags = ["O", "B-date", "I-date", "B-time", "I-time"];
const set = parseTagSet(tags);

/** Scores that favour one tag a word; the others' are the second number. */
function scoresFor(wanted: Record<string, number>[]): Float32Array[] {
  return wanted.map((row) => Float32Array.from(tags, (tag) => row[tag] ?? -9));
}

function pathOf(scores: Float32Array[]): string[] {
  return Array.from(decodeBio(scores, set).tags, (tag) => tags[tag]!);
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
  test("finds by logits what it finds by probabilities, at any temperature", () => {
    const row = fc.float32Array({ min: -20, max: 20, noNaN: true, minLength: 5, maxLength: 5 });
    const cases = [
      fc.array(row, { minLength: 1, maxLength: 9 }),
      fc.double({ min: 0.2, max: 5, noNaN: true }),
    ] as const;
    fc.assert(
      fc.property(...cases, (logits, temperature) => {
        const scores = logits.map((row) => logSoftmax(row, temperature));
        expect(total(pathOf(logits), scores)).toBeCloseTo(total(pathOf(scores), scores), 3);
      }),
    );
  });

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

  test("finds as good a path as the quadratic algorithm, in tags of any order", () => {
    const slots = ["a", "b", "c", "d", "e", "f"];
    const anyOrder = fc.shuffledSubarray(["O", ...slots.flatMap((slot) => [`B-${slot}`, `I-${slot}`])], {
      minLength: 13,
    });
    const cases = anyOrder.chain((tags) => {
      const row = fc.float32Array({ min: -20, max: 20, noNaN: true, minLength: tags.length, maxLength: tags.length });
      return fc.record({ tags: fc.constant(tags), scores: fc.array(row, { minLength: 1, maxLength: 12 }) });
    });
    fc.assert(
      fc.property(cases, ({ tags, scores }) => {
        const path = Array.from(decodeBio(scores, parseTagSet(tags)).tags, (tag) => tags[tag]!);
        expect(isValid(path)).toBe(true);
        const score = path.reduce((sum, tag, i) => sum + scores[i]![tags.indexOf(tag)]!, 0);
        expect(score).toBeCloseTo(quadratic(scores, tags), 6);
      }),
      { numRuns: 300 },
    );
  });
});

describe("decodeBio with tables", () => {
  test.each(decodingCases.filter(({ intents }) => !intents))("$name", ({ tags, scores, path, ...structure }) => {
    const found = decodeBio(rowsOf(scores), parseTagSet(tags, structure));
    expect(Array.from(found.tags, (tag) => tags[tag])).toEqual(path);
  });

  test("finds the path that trying all of them finds, whatever follows whatever and under any intent", () => {
    fc.assert(
      fc.property(anyCase, fc.nat(4), (one, intent) => {
        const set = parseTagSet(one.tags, one);
        const found = decodeBio(rowsOf(one.scores), set, set.penalties![intent]);
        const path = Array.from(found.tags, (tag) => one.tags[tag]!);
        const most = mostWorth(one, one.compatibility[intent]);
        expect(worth(path, one, one.compatibility[intent])).toBeCloseTo(most, 3);
        expect(found.score).toBeCloseTo(most, 3);
      }),
      { numRuns: 500 },
    );
  });
});

/** The textbook's Viterbi, O(words × tags²): every tag looks at every tag before it. The best score. */
function quadratic(scores: readonly Float32Array[], tags: readonly string[]): number {
  let best = tags.map((tag) => (tag.startsWith("I-") ? -Infinity : 0)); // what may stand before the first word
  for (const [word, row] of scores.entries()) {
    const before = (tag: string) => Math.max(...best.filter((_, i) => mayFollow(tag, tags[i])));
    best = tags.map((tag, i) => (word === 0 ? best[i]! : before(tag)) + row[i]!);
  }
  return Math.max(...best);
}

function isValid(path: readonly string[]): boolean {
  return path.every((tag, i) => mayFollow(tag, path[i - 1]));
}

function mayFollow(tag: string, before: string | undefined): boolean {
  return !tag.startsWith("I-") || before === tag || before === `B-${tag.slice(2)}`;
}

function total(path: readonly string[], scores: readonly Float32Array[]): number {
  return path.reduce((sum, tag, i) => sum + scores[i]![tags.indexOf(tag)]!, 0);
}

/** The best score of all valid paths. */
function bruteForce(scores: readonly Float32Array[]): number {
  const paths = scores.reduce<string[][]>((paths) => paths.flatMap((path) => tags.map((tag) => [...path, tag])), [[]]);
  return Math.max(...paths.filter(isValid).map((path) => total(path, scores)));
}

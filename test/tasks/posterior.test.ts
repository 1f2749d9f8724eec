import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeBio, parseTagSet } from "../../src/tasks/bio.js";
import { spanPosteriors } from "../../src/tasks/posterior.js";
import { slotRuns } from "../../src/tasks/spans.js";
import { anyCase, rowsOf, worth } from "./decoding.js";

const tags = ["O", "B-a", "I-a", "B-b", "I-b"];

function posteriorsOf(scores: number[][], transitions?: number[][]): number[] {
  const set = parseTagSet(tags, { transitions });
  const { tags: path } = decodeBio(rowsOf(scores), set);
  return spanPosteriors(slotRuns(path, set), path, rowsOf(scores), set);
}

test("any tables and scores: the share of a span is what counting every sequence around it gives", () => {
  fc.assert(
    fc.property(anyCase, fc.nat(4), (one, intent) => {
      const set = parseTagSet(one.tags, one);
      const rows = rowsOf(one.scores);
      const penalties = set.penalties![intent]!;
      const { tags: path } = decodeBio(rows, set, penalties);
      const runs = slotRuns(path, set);
      const sequences = one.scores
        .reduce<string[][]>((all, _) => all.flatMap((before) => one.tags.map((tag) => [...before, tag])), [[]])
        .map((sequence) => ({ sequence, weight: Math.exp(worth(sequence, one, one.compatibility[intent])) }));
      const weigh = (some: typeof sequences) => some.reduce((sum, { weight }) => sum + weight, 0);
      const found = spanPosteriors(runs, path, rows, set, penalties);
      for (const [i, { name, from, to }] of runs.entries()) {
        const spelt = Array.from({ length: to - from }, (_, word) => (word === 0 ? `B-${name}` : `I-${name}`));
        const around = sequences.filter(({ sequence }) =>
          sequence.every((tag, word) => (word >= from - 1 && word <= to) || tag === one.tags[path[word]!]),
        );
        const have = around.filter(
          ({ sequence }) => sequence.slice(from, to).join() === spelt.join() && sequence[to] !== `I-${name}`,
        );
        expect(found[i]).toBeCloseTo(weigh(have) / weigh(around), 5);
      }
    }),
  );
});

test("a span that may go on is less sure than one that can't", () => {
  const [ends] = posteriorsOf([
    [0, 9, 0, 0, 0],
    [1, 0, 0, 0, 0.9],
  ]);
  const [goesOn] = posteriorsOf([
    [0, 9, 0, 0, 0],
    [1, 0, 0.9, 0, 0],
  ]);
  expect(ends).toBeCloseTo(1 - 1 / (Math.E + 3), 3);
  expect(goesOn).toBeCloseTo(1 - Math.exp(0.9) / (Math.E + 2 + Math.exp(0.9)), 3);
});

test("what one transition forbids makes a span no less sure", () => {
  const scores = [
    [0, 2, 0, 1.9, 0],
    [0, 0, 4, 0, 0],
  ];
  const never = tags.map((before) => tags.map((tag) => (before === "B-b" && tag === "O" ? -50 : 0)));
  const [free] = posteriorsOf(scores, [...never.map((row) => row.map(() => 0)), [0, 0, 0, 0, 0]]);
  const [held] = posteriorsOf(scores, [...never, [0, 0, 0, 0, 0]]);
  expect(held).toBeGreaterThan(free!);
});

test("scores far apart neither overflow nor lose the span", () => {
  const scores = [
    [-3000, 3000, 0, -1e9, 0],
    [0, 0, 1e6, 0, -1e6],
  ];
  expect(posteriorsOf(scores)).toEqual([expect.closeTo(1)]);
});

test("a span that its scores rule out has nothing", () => {
  const set = parseTagSet(tags);
  const rows = rowsOf([
    [5000, 0, 0, 0, 0],
    [5000, 0, 0, 0, 0],
  ]);
  expect(spanPosteriors([{ from: 0, to: 1 }], Int32Array.of(1, 0), rows, set)).toEqual([expect.closeTo(0)]);
});

test("a slot without an I-tag ends by itself, and a text without spans has none to be sure of", () => {
  const single = parseTagSet(["O", "B-a"]);
  const rows = [Float32Array.of(0, 1), Float32Array.of(1, 0)];
  const [share] = spanPosteriors([{ from: 0, to: 1 }], Int32Array.of(1, 0), rows, single);
  expect(share).toBeCloseTo(Math.E / (Math.E + 1), 5);
  expect(spanPosteriors([], Int32Array.of(0, 0), rows, single)).toEqual([]);
});

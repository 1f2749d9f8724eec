import { expect, test } from "vitest";
import { comparisons, completeOn, fileOf, scoreOf, verdict } from "../../../src/proof/results/scores.js";
import { SETS } from "../../../src/proof/results/systems.js";
import { record, RESULTS } from "./fixtures.js";

const [massive, newsgroups] = SETS as [(typeof SETS)[number], (typeof SETS)[number]];

test("a score stands where the report has it, and is absent where that has none", () => {
  const ci95 = [0, 1] as const;
  const eces = { ece: 0, ece_as_served: 0 };
  const file = {
    ...fileOf(record("single-pass", "massive", 1, { rows: 1 })),
    intent: { accuracy: 0.1, ci95, ...eces },
    slots: { precision: 0, recall: 0, f1: 0.2, ci95, ...eces },
    exact_match: 0.3,
    exact_match_ci95: ci95,
    topic: { accuracy: 0.4, ci95, groups_accuracy: 0.5, groups_ci95: ci95, ...eces },
  };
  const names = ["intent", "f1", "exact", "topic", "groups"] as const;
  expect(names.map((name) => scoreOf(file, name)?.value)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
  expect(scoreOf(fileOf(record("single-pass", "massive", 1)), "topic")).toBeUndefined();
});

test("systems are compared on every set that both have to the end", () => {
  const { pairs, refused } = comparisons(RESULTS.accuracy);
  expect(refused).toEqual([]);
  expect(pairs.map(({ one, other, set, rows }) => [one, other, set.name, rows])).toEqual([
    ["single-pass", "dual-decoder", "massive", 200],
    ["single-pass", "dual-encoder", "massive", 200],
    ["single-pass", "dual-encoder", "newsgroups", 200],
    ["single-pass", "joint-encoder", "massive", 200],
    ["single-pass", "joint-encoder", "newsgroups", 200],
    ["generate", "dual-decoder", "massive", 200],
    ["single-pass", "generate", "massive", 200],
    ["single-pass", "generate", "newsgroups", 80], // on the sample that generate was scored on
    ["joint-encoder", "dual-encoder", "massive", 200],
    ["joint-encoder", "dual-encoder", "newsgroups", 200],
  ]);
  expect(pairs[0]?.differences.map(([measure]) => measure)).toEqual(["intent", "f1", "exact"]);
});

test("a difference is the first's score minus the second's", () => {
  const records = [record("single-pass", "massive", 0.5), record("generate", "massive", 0.75)];
  const [one, other] = records.map((own) => scoreOf(fileOf(own), "intent")!.value);
  const [measure, { difference }] = comparisons(records).pairs[0]!.differences[0]!;
  expect(measure).toBe("intent");
  expect(difference).toBeCloseTo(one! - other!);
  expect(difference).toBeLessThan(0);
});

test("an interrupted result is neither shown nor compared", () => {
  const records = [record("single-pass", "newsgroups", 0.5), record("generate", "newsgroups", 0.5, { partial: true })];
  expect(completeOn(newsgroups, records).map(({ system }) => system)).toEqual(["single-pass"]);
  expect(completeOn(massive, records)).toEqual([]);
  expect(comparisons(records).pairs).toEqual([]);
});

test("a pair that was scored on other rows is left out, and why", () => {
  const records = [
    record("single-pass", "massive", 0.5),
    record("generate", "massive", 0.5, { options: { limit: 50 } }),
  ];
  const { pairs, refused } = comparisons(records);
  expect(pairs).toEqual([]);
  expect(refused).toEqual(['massive: single-pass and generate can\'t be paired: other options, {} and {"limit":50}']);
});

test.each([
  [[-2, -1], 0, "below"],
  [[-1, 0], 0, "open"],
  [[0, 1], 0, "open"],
  [[0.1, 1], 0, "above"],
  [[0.9, 0.99], 1, "below"],
  [[1.01, 2], 1, "above"],
] as const)("%j stands %#: to %d %s", (interval, neutral, expected) => {
  expect(verdict(interval, neutral)).toBe(expected);
});

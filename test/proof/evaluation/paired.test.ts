import { describe, expect, test } from "vitest";
import type { Columns } from "../../../src/proof/evaluation/columns.js";
import { pairedDifferences, scoredFile, type Scored } from "../../../src/proof/evaluation/paired.js";
import { sampleOf, seeded } from "../../../src/statistics/random.js";
import { environment, type Report, type ReportedOptions } from "../../../src/proof/evaluation/report.js";

const scored = (name: string, outcomes: Columns, options: ReportedOptions = {}, sha256 = "ab"): Scored => ({
  name,
  sha256,
  options,
  outcomes,
});

test("every score that both have is compared, and no other", () => {
  const one = scored("one", {
    intent: [1, 1, 1, 0],
    slots_matched: [1, 1, 1, 0],
    slots_predicted: [1, 1, 1, 0],
    slots_gold: [1, 1, 1, 1],
    exact: [1, 1, 1, 0],
  });
  const other = scored("other", {
    intent: [0, 1, 0, 0],
    slots_matched: [0, 1, 0, 0],
    slots_predicted: [1, 1, 0, 0],
    slots_gold: [1, 1, 1, 1],
    topic: [1, 1, 1, 1],
  });
  const differences = pairedDifferences(one, other);
  expect(Object.keys(differences)).toEqual(["intent", "f1"]);
  expect(differences.intent?.difference).toBe(0.5);
  expect(differences.f1?.difference).toBeCloseTo(6 / 7 - 2 / 6); // 2 · matched / (predicted + gold)
});

test("rows that one of the two was not asked are left out of both", () => {
  const [one, other] = [scored("one", { intent: [1, -1, 0, 1] }), scored("other", { intent: [1, 0, -1, 0] })];
  expect(pairedDifferences(one, other).intent?.difference).toBe(0.5);
  expect(pairedDifferences(scored("one", { intent: [1, -1] }), scored("other", { intent: [-1, 1] }))).toEqual({});
});

test("a whole set meets a sample of it on the rows of the sample", () => {
  const sample = { size: 20, seed: 9 };
  const rows = sampleOf(100, sample.size, seeded(sample.seed));
  const whole = Array.from({ length: 100 }, (_, row) => Number(rows.includes(row))); // right on the sample only
  const one = scored("whole", { topic: whole }, { cut: "last-tenth" });
  const other = scored("part", { topic: Array<number>(20).fill(0) }, { cut: "last-tenth", sample });
  expect(pairedDifferences(one, other).topic).toEqual({ difference: 1, ci95: [1, 1], at_most_zero: 0 });
  expect(pairedDifferences(other, one).topic?.difference).toBe(-1);
});

const column = { intent: [1, 0] };
test.each<[string, ReportedOptions, ReportedOptions]>([
  ["a limit", { limit: 2 }, {}],
  ["another limit", { limit: 2 }, { limit: 3 }],
  ["a perturbation", { perturb: "typos" }, {}],
  ["other tasks", { tasks: ["intent"] }, { tasks: ["intent", "slots"] }],
  ["another seed", { sample: { size: 2, seed: 0 } }, { sample: { size: 2, seed: 1 } }],
  ["a sample of what the other has the beginning of", { sample: { size: 2, seed: 0 }, limit: 1 }, { limit: 1 }],
])("%s is refused, and both are named", (_name, a, b) => {
  const pair = () => pairedDifferences(scored("one", column, a), scored("other", column, b));
  expect(pair).toThrow(/^one and other can't be paired: other options, \{/);
});

test("other data is refused, with both hashes", () => {
  const pair = () => pairedDifferences(scored("one", column, {}, "ab"), scored("other", column, {}, "cd"));
  expect(pair).toThrow("one and other can't be paired: other data, SHA-256 ab and cd");
});

describe("a report", () => {
  const data = [{ file: "a.jsonl", sha256: "ab", rows: 2, refused: 0, truncated: 0, outcomes: { intent: [1, 0] } }];
  const report: Report = { data, bundle: "b@1.0.0", engine: "single-pass", environment: environment(), options: {} };

  test("gives what is to be compared", () => {
    expect(scoredFile("b", report)).toEqual(scored("b", { intent: [1, 0] }));
  });

  test("without outcomes, or of a part of the rows, is refused", () => {
    const bare = data.map(({ outcomes: _, ...rest }) => rest);
    expect(() => scoredFile("b", { ...report, data: bare })).toThrow("b: the report has no outcomes");
    expect(() => scoredFile("b", report, 1)).toThrow("b: the report has no outcomes");
    expect(() => scoredFile("b", { ...report, partial: true })).toThrow("b: the report is partial");
  });
});

import { expect, test } from "vitest";
import { oosScores, rejectionOf } from "../../../src/proof/evaluation/oos.js";
import type { Outcome } from "../../../src/proof/evaluation/score.js";

/** A row of an intent, and what became of it. */
const row = (wanted: boolean, rejected: boolean, score: number, correct = wanted === rejected): Outcome => ({
  intent: { correct, rejection: { wanted, rejected, score } },
});

test("rows out of scope are measured apart from those in scope", () => {
  const rows = [
    row(true, true, 0.9),
    row(true, true, 0.6),
    row(true, false, 0.3), // missed
    row(true, true, 0.5),
    row(false, false, 0.1),
    row(false, true, 0.6), // rejected by mistake
    row(false, false, 0.2),
    row(false, false, 0.4, false), // another intent
    row(false, false, 0.1),
  ];
  // Pairs of 0.9: 5 in order; of 0.6: 4 and a tie; of 0.5: 4; of 0.3: 3.
  expect(oosScores(rows)).toEqual({
    auroc: (5 + 4.5 + 4 + 3) / 20,
    rejected_share_of_oos: 3 / 4,
    rejected_share_of_in_scope: 1 / 5,
    in_scope_accuracy: 3 / 5,
    rows: 4,
  });
});

test("rows without an intent, or of a bundle that can't reject, are no part of it", () => {
  const rows = [row(true, true, 1), {}, { intent: { correct: false } }, row(false, false, 0)];
  expect(oosScores(rows)).toMatchObject({ auroc: 1, in_scope_accuracy: 1, rejected_share_of_in_scope: 0, rows: 1 });
});

test.each([
  ["no rows", []],
  ["only rows in scope", [row(false, false, 0)]],
  ["only rows out of scope", [row(true, true, 1)]],
])("of %s nothing can be said", (_name, rows) => {
  expect(oosScores(rows)).toBeUndefined();
});

test.each([
  ["out of scope", "oos", { wanted: true, rejected: false, score: 0 }],
  ["in scope", "a", { wanted: false, rejected: false, score: 1 }],
])("a text %s that was refused has the worst score, and was not rejected", (_name, gold, rejection) => {
  expect(rejectionOf(gold, undefined, "oos")).toEqual(rejection);
});

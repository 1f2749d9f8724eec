import { expect, test } from "vitest";
import { columnsOf } from "../../../src/proof/evaluation/columns.js";

const slots = (matched: number, predicted: number, gold: number) => ({ matched, predicted, gold, bets: [] });

test.each([
  ["right intent, the very spans", { intent: { correct: true }, slots: slots(2, 2, 2) }, 1],
  ["right intent, no spans to find", { intent: { correct: true }, slots: slots(0, 0, 0) }, 1],
  ["wrong intent", { intent: { correct: false }, slots: slots(2, 2, 2) }, 0],
  ["a span too few", { intent: { correct: true }, slots: slots(1, 1, 2) }, 0],
  ["a span too many", { intent: { correct: true }, slots: slots(1, 2, 1) }, 0],
])("exact: %s", (_name, outcome, expected) => {
  expect(columnsOf([outcome]).exact).toEqual([expected]);
});

test("a row that lacks a task is marked, and a task that no row has is left out", () => {
  expect(columnsOf([{ intent: { correct: true } }, {}, { topic: { correct: true, groupCorrect: false } }])).toEqual({
    intent: [1, -1, -1],
    topic: [-1, -1, 1],
    group: [-1, -1, 0],
  });
  expect(columnsOf([])).toEqual({});
});

import { expect, test } from "vitest";
import { agreementOn, totalAgreement } from "../../../src/proof/evaluation/agreement.js";
import type { Prediction } from "../../../src/proof/evaluation/classifier.js";

const said = (prediction: Partial<Prediction>): Prediction => ({ truncated: false, ...prediction });
const intent = (name: string) => ({ name, confidence: 0.5 });
const slot = (name: string, start: number, end: number) => ({ name, start, end, confidence: 0.5 });

test("an intent counts once, and null agrees with null alone", () => {
  const on = (one: Prediction | undefined, other: Prediction | undefined) =>
    agreementOn("wake me", ["intent"], one, other).intent;
  expect(on(said({ intent: intent("a") }), said({ intent: intent("a") }))).toEqual({ equal: 1, of: 1 });
  expect(on(said({ intent: intent("a") }), said({ intent: null }))).toEqual({ equal: 0, of: 1 });
  expect(on(said({ intent: null }), said({ intent: null }))).toEqual({ equal: 1, of: 1 });
});

test.each([
  ["the same span", [slot("time", 11, 15)], [slot("time", 11, 15)], 4],
  ["one word less of a span", [slot("time", 8, 15)], [slot("time", 11, 15)], 2],
  ["another name", [slot("time", 11, 15)], [slot("date", 11, 15)], 3],
  ["one span or two", [slot("time", 8, 15)], [slot("time", 8, 10), slot("time", 11, 15)], 3],
  ["nothing and something", [], [slot("time", 11, 15)], 3],
])("of four words, %s", (_name, one, other, equal) => {
  const { words } = agreementOn("wake me at nine", ["slots"], said({ slots: one }), said({ slots: other }));
  expect(words).toEqual({ equal, of: 4 });
});

test("rows are summed task by task", () => {
  expect(
    totalAgreement([
      { intent: { equal: 1, of: 1 }, words: { equal: 2, of: 4 } },
      { intent: { equal: 0, of: 1 }, words: { equal: 1, of: 1 } },
    ]),
  ).toEqual({ intent: { equal: 1, of: 2 }, words: { equal: 3, of: 5 } });
});

import { expect, test } from "vitest";
import type { Prediction } from "../../../src/proof/evaluation/classifier.js";
import type { LabelledText } from "../../../src/proof/evaluation/labelled-text.js";
import { MistakeCounter } from "../../../src/proof/evaluation/mistakes.js";

const row = (labels: Partial<LabelledText>): LabelledText => ({ id: "1", text: "any", ...labels });
const said = (prediction: Partial<Prediction>): Prediction => ({ truncated: false, ...prediction });
const guess = (name: string) => ({ name, confidence: 0.5 });

test("pairs of labels are counted, the most frequent first, and right answers not at all", () => {
  const counter = new MistakeCounter();
  for (const [gold, predicted] of [
    ["a", "b"],
    ["c", "b"],
    ["c", "b"],
    ["b", "b"],
  ] as const) {
    counter.add(row({ intent: gold }), ["intent"], said({ intent: guess(predicted) }));
  }
  expect(counter.worst).toEqual({
    intent: [
      { gold: "c", predicted: "b", rows: 2 },
      { gold: "a", predicted: "b", rows: 1 },
    ],
  });
});

test("out of scope and a text that was refused are answers without a label", () => {
  const counter = new MistakeCounter();
  counter.add(row({ intent: "a" }), ["intent"], said({ intent: null }));
  counter.add(row({ intent: "a" }), ["intent"], undefined);
  expect(counter.worst.intent).toEqual([{ gold: "a", predicted: null, rows: 2 }]);
});

test("a slot's spans are counted where they stand, and slots that are always right are left out", () => {
  const counter = new MistakeCounter();
  const date = { name: "date", start: 0, end: 4 };
  const time = { name: "time", start: 5, end: 9 };
  counter.add(
    row({ slots: [date, time] }),
    ["slots"],
    said({
      slots: [
        { ...date, confidence: 1 },
        { ...time, end: 8, confidence: 1 },
      ],
    }),
  );
  expect(counter.worst.slots).toEqual([{ slot: "time", gold: 1, predicted: 1, matched: 0 }]);
});

test("a task that was not asked for is not counted", () => {
  const counter = new MistakeCounter();
  counter.add(row({ intent: "a", topic: "t" }), ["topic"], said({ topic: { ...guess("u"), group: "g" } }));
  expect(counter.worst).toEqual({ topic: [{ gold: "t", predicted: "u", rows: 1 }] });
});

import { expect, test } from "vitest";
import type { TextAnswer } from "../../src/classify/answer.js";
import { agreementOf, disagreeing } from "../../src/shadow/agreement.js";

const time = { name: "time", value: "nine", start: 8, end: 12, confidence: 0.9 };
const date = { name: "date", value: "friday", start: 16, end: 22, confidence: 0.8 };
const answer: TextAnswer = {
  text: "wake me at nine on friday",
  intent: { name: "alarm_set", confidence: 0.9 },
  slots: [time, date],
  topic: { name: "orbit", group: "sci", confidence: 0.5 },
};

test.each([
  ["the same answer", {}, []],
  ["the same labels with other confidences", { intent: { name: "alarm_set", confidence: 0.3 } }, []],
  ["the same slots in another order", { slots: [date, time] }, []],
  ["another intent", { intent: { name: "alarm_query", confidence: 0.9 } }, ["intent"]],
  ["no intent", { intent: null }, ["intent"]],
  ["a slot less", { slots: [time] }, ["slots"]],
  ["a slot of another name", { slots: [time, { ...date, name: "day" }] }, ["slots"]],
  ["a slot with another beginning", { slots: [time, { ...date, start: 15 }] }, ["slots"]],
  ["a slot with another end", { slots: [time, { ...date, end: 23 }] }, ["slots"]],
  ["one slot twice for two", { slots: [time, time] }, ["slots"]],
  ["another topic of the group", { topic: { name: "shuttle", group: "sci", confidence: 0.5 } }, ["topic"]],
  [
    "everything else",
    { intent: null, slots: [], topic: { name: "puck", group: "rec", confidence: 1 } },
    ["intent", "slots", "topic"],
  ],
])("beside %s the right tasks disagree", (_name, change, tasks) => {
  expect(disagreeing(agreementOf(answer, { ...answer, ...change }))).toEqual(tasks);
  expect(disagreeing(agreementOf({ ...answer, ...change }, answer))).toEqual(tasks);
});

test("two that find no intent agree, and a task that one lacks is not judged", () => {
  const none: TextAnswer = { text: "hm", intent: null };
  expect(agreementOf(none, none)).toEqual({ intent: true });
  expect(agreementOf(none, answer)).toEqual({ intent: false });
  expect(agreementOf({ text: "hm" }, answer)).toEqual({});
});

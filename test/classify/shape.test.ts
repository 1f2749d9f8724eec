import { expect, test } from "vitest";
import type { Findings } from "../../src/classify/findings.js";
import { shapeText, type ShapeOptions } from "../../src/classify/shape.js";
import { TASKS } from "./fakes.js";

const shape = (findings: Findings, options: Partial<ShapeOptions> = {}, text = "any text") =>
  shapeText(text, findings, {}, TASKS, { top_k: 3, offsets: "utf16", ...options });

const INTENTS = [
  { name: "alarm_set", confidence: 0.75 },
  { name: "joke", confidence: 0.2 },
  { name: "play_music", confidence: 0.05 },
];
const TOPICS = [
  { name: "puck", confidence: 0.4 },
  { name: "orbit", confidence: 0.3 },
  { name: "shuttle", confidence: 0.3 },
];
const GROUPS = [
  { name: "sci", confidence: 0.6 },
  { name: "rec", confidence: 0.4 },
];

test("what was not found out is absent", () => {
  expect(shape({})).toEqual({ text: "any text" });
});

test("the group of a text is that of the greatest sum, the ranking keeps each topic's own", () => {
  const answer = shape({ topics: TOPICS, groups: GROUPS });
  expect(answer.topic).toEqual({ name: "puck", group: "sci", confidence: 0.4 });
  expect(answer.topic_ranking?.map(({ group }) => group)).toEqual(["rec", "sci", "sci"]);
});

test("rankings are cut to top_k, and no answer is made of what was cut off", () => {
  const answer = shape({ intents: INTENTS, topics: TOPICS, groups: GROUPS }, { top_k: 2 });
  expect(answer.intent_ranking?.map(({ name }) => name)).toEqual(["alarm_set", "joke"]);
  expect(answer.topic_ranking?.map(({ name }) => name)).toEqual(["puck", "orbit"]);
});

test("a ranking of one, as it is written, stays one", () => {
  const answer = shape({ intents: INTENTS.slice(0, 1), topics: TOPICS.slice(1, 2), groups: GROUPS.slice(0, 1) });
  expect(answer).toMatchObject({
    intent: { name: "alarm_set", confidence: 0.75 },
    intent_ranking: [{ name: "alarm_set" }],
    topic: { name: "orbit", group: "sci", confidence: 0.3 },
    topic_ranking: [{ name: "orbit", group: "sci", confidence: 0.3 }],
  });
  expect([answer.intent_ranking, answer.topic_ranking].map((ranking) => ranking?.length)).toEqual([1, 1]);
});

test("a topic that was asked for and not written is an empty ranking without a best", () => {
  expect(shape({ topics: [], groups: [] })).toEqual({ text: "any text", topic_ranking: [] });
});

test.each([
  [0.74, "alarm_set", false],
  [0.75, "alarm_set", false],
  [0.76, undefined, true],
])("an intent of 0.75 is judged by the threshold %s, scored or written", (oos_threshold, name, outOfScope) => {
  for (const intents of [INTENTS, INTENTS.slice(0, 1)]) {
    const answer = shape({ intents }, { oos_threshold });
    expect([answer.intent?.name, answer.out_of_scope]).toEqual([name, outOfScope]);
    expect(answer.intent_ranking).toEqual(intents);
  }
});

test("confidences have six decimals and are never above 1", () => {
  const [first] = shape({ intents: [{ name: "joke", confidence: 1.00000001 }] }).intent_ranking!;
  expect(first).toEqual({ name: "joke", confidence: 1 });
  expect(shape({ intents: [{ name: "joke", confidence: 0.12345678 }] }).intent?.confidence).toBe(0.123457);
});

test.each([
  ["utf16", 6, 10],
  ["code_points", 5, 9],
] as const)("slots are told in %s", (offsets, start, end) => {
  const text = "🎺 at nine";
  const slots = [{ name: "time", value: "nine", start: 6, end: 10, confidence: 0.12345678 }];
  expect(shape({ slots }, { offsets }, text).slots).toEqual([
    { name: "time", value: "nine", start, end, confidence: 0.123457 },
  ]);
});

test("a text that was cut says how much of it was read", () => {
  const truncated = { readTokens: 8, totalTokens: 10 };
  const options = { top_k: 1, offsets: "utf16" as const };
  expect(shapeText("a", {}, { truncated }, TASKS, options)).toEqual({
    text: "a",
    truncated: { read_tokens: 8, total_tokens: 10 },
  });
});

import { expect, test } from "vitest";
import type { Findings } from "../../src/classify/findings.js";
import { shapeText, type ShapeOptions } from "../../src/classify/shape.js";
import { TASKS } from "./fakes.js";

const shape = (findings: Findings, options: Partial<ShapeOptions> = {}, text = "any text", tasks = TASKS) =>
  shapeText(text, findings, {}, tasks, { top_k: 3, offsets: "utf16", ...options });

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

const label = (name: string, confidence: number) => ({ name, confidence });
const IN_SCOPE = [label("alarm_set", 0.5), label("oos", 0.3), label("joke", 0.2)];
const OUT_OF_SCOPE = [label("oos", 0.5), label("alarm_set", 0.4), label("joke", 0.1)];
const oos = { reject: "oos" };

test.each([
  ["no threshold and no label to reject with", IN_SCOPE, {}, undefined, "alarm_set", undefined, undefined],
  ["a request's threshold that is met", IN_SCOPE, {}, 0.5, "alarm_set", false, 0.5],
  ["a request's threshold that is missed", IN_SCOPE, {}, 0.6, undefined, true, 0.5],
  ["a bundle's threshold that is missed", IN_SCOPE, { oos_threshold: 0.6 }, undefined, undefined, true, 0.5],
  ["a request's threshold over the bundle's", IN_SCOPE, { oos_threshold: 0.6 }, 0.4, "alarm_set", false, 0.5],
  ["a label to reject with that is not the best", IN_SCOPE, oos, undefined, "alarm_set", false, 0.5],
  ["a label to reject with that is the best", OUT_OF_SCOPE, oos, undefined, undefined, true, 0.6],
  ["a threshold that the best intent meets below it", OUT_OF_SCOPE, oos, 0.4, "alarm_set", false, 0.6],
  ["a threshold that it meets and the best intent not", OUT_OF_SCOPE, oos, 0.45, undefined, true, 0.6],
  ["a bundle's own threshold", OUT_OF_SCOPE, { ...oos, oos_threshold: 0.4 }, undefined, "alarm_set", false, 0.6],
  ["a threshold of 0", OUT_OF_SCOPE, { ...oos, oos_threshold: 0.9 }, 0, "alarm_set", false, 0.6],
  ["a label to reject with that is written", [label("oos", 0.7)], oos, undefined, undefined, true, 1],
  ["one that is written, and no other to name", [label("oos", 0.7)], oos, 0, undefined, true, 1],
  ["an intent that is written", [label("joke", 0.7)], oos, undefined, "joke", false, 0.3],
])("%s", (_name, intents, rejecting, oos_threshold, name, outOfScope, score) => {
  const tasks = { ...TASKS, intent: { ...TASKS.intent!, ...rejecting } };
  const answer = shape({ intents }, { oos_threshold }, "any", tasks);
  expect([answer.intent?.name, answer.out_of_scope, answer.out_of_scope_score]).toEqual([name, outOfScope, score]);
  expect(answer.intent === null).toBe(name === undefined);
});

test("a label to reject with takes no place in the ranking, and the others keep their confidences", () => {
  const tasks = { ...TASKS, intent: { ...TASKS.intent!, ...oos } };
  expect(shape({ intents: IN_SCOPE }, { top_k: 2 }, "any", tasks).intent_ranking).toEqual([
    { name: "alarm_set", confidence: 0.5 },
    { name: "joke", confidence: 0.2 },
  ]);
  expect(shape({ intents: [label("oos", 1)] }, {}, "any", tasks).intent_ranking).toEqual([]);
});

test("an intent is judged by the confidence that is told", () => {
  const intents = [label("joke", 0.5999999)];
  expect(shape({ intents }, { oos_threshold: 0.6 })).toMatchObject({ intent: label("joke", 0.6) });
});

test.each([
  [0.12345678, 0.876543],
  [1.00000001, 0],
])("beside a confidence of %s the score is %s", (confidence, score) => {
  expect(shape({ intents: [label("joke", confidence)] }, { oos_threshold: 0 }).out_of_scope_score).toBe(score);
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

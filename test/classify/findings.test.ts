import { describe, expect, test } from "vitest";
import { findingsOf } from "../../src/classify/findings.js";
import type { Effort } from "../../src/engines/engine.js";
import { parseTagSet } from "../../src/tasks/bio.js";
import { NonFiniteScoreError } from "../../src/tasks/softmax.js";
import { prepareText } from "../../src/text/prepare.js";
import { TASKS } from "./fakes.js";

const EFFORT: Effort = {
  promptTokens: 1,
  cachedTokens: 0,
  generatedTokens: 0,
  tokenizeMs: 0,
  queueMs: 0,
  inferenceMs: 0,
};
const text = prepareText("at nine am", { nfkc: true, lowercase: true });
const tags = parseTagSet(TASKS.slots!.tags);
const logs = (...probabilities: number[]) => Float32Array.from(probabilities, Math.log);

const scored = (scores: object, tasks = TASKS) => findingsOf(text, { ...EFFORT, ...scores }, tasks, tags);
const written = (answer: object, tasks = TASKS) =>
  findingsOf(text, { ...EFFORT, droppedSlots: 0, written: answer }, tasks, tags);

test("scores become all labels, best first, at the task's temperature", () => {
  const tasks = { ...TASKS, intent: { labels: ["a", "b"], temperature: 2 } };
  const { intents } = scored({ intent: logs(0.1, 0.9) }, tasks);
  // Odds of 9 to 1 become, at a temperature of 2, odds of 3 to 1.
  expect(intents?.map(({ name }) => name)).toEqual(["b", "a"]);
  expect(intents?.map(({ confidence }) => confidence)).toEqual([expect.closeTo(0.75), expect.closeTo(0.25)]);
});

test("margins of labels are calibrated last, and keep their order", () => {
  const margin_calibration = { scale: 2, power: 1 };
  const tasks: typeof TASKS = {
    intent: { labels: ["a", "b"], temperature: 2, margin_calibration },
    topic: { ...TASKS.topic!, margin_calibration },
  };
  const { intents, topics } = scored(
    { intent: logs(0.2, 0.8), topic: [{ logits: logs(0.5, 0.25, 0.25), tokens: 5 }] },
    tasks,
  );
  // The temperature halves the logarithm of 4, the scale doubles it again.
  expect(intents).toEqual([
    { name: "b", confidence: expect.closeTo(0.8) },
    { name: "a", confidence: expect.closeTo(0.2) },
  ]);
  expect(topics?.map(({ confidence }) => confidence)).toEqual([4 / 6, 1 / 6, 1 / 6].map((p) => expect.closeTo(p)));
});

test("windows of a text are pooled before their probabilities are", () => {
  const window = (...probabilities: number[]) => ({ logits: logs(...probabilities), tokens: 5 });
  const { topics } = scored({ topic: [window(0.98, 0.01, 0.01), window(0.1, 0.8, 0.1)] });
  const [puck, orbit, shuttle] = [0.98 * 0.1, 0.01 * 0.8, 0.01 * 0.1].map((product) => product ** (2 ** 0.25 / 2));
  // The mean of the probabilities would be 0.54.
  expect(topics?.[0]).toEqual({ name: "puck", confidence: expect.closeTo(puck! / (puck! + orbit! + shuttle!)) });
});

test("spans are calibrated as the bundle says", () => {
  const slots = [logs(0.9, 0.05, 0.05), logs(0.1, 0.8, 0.1), logs(0.1, 0.1, 0.8)];
  const tasks = { ...TASKS, slots: { ...TASKS.slots!, span_calibration: { scale: 0.5, shift: 0 } } };
  expect(scored({ slots }, tasks).slots?.[0]?.confidence).toBeCloseTo(2 / 3); // even 4 to 1 becomes 2 to 1
});

test("scores of words become slots of the text", () => {
  const slots = [logs(0.9, 0.05, 0.05), logs(0.1, 0.8, 0.1), logs(0.1, 0.1, 0.8)];
  expect(scored({ slots }).slots).toEqual([
    { name: "time", value: "nine am", start: 3, end: 10, confidence: expect.closeTo(0.64) },
  ]);
});

describe("a bundle that knows which slots go with which intents, and which tags with which", () => {
  const knowing = parseTagSet(TASKS.slots!.tags, {
    // A text does not open with a time, and a time of two words is likelier than two times.
    transitions: [
      [0, 0, 0],
      [0, -1, 1],
      [0, 0, 0],
      [0, -2, 0],
    ],
    compatibility: [[0], [-3], [-3]],
  });
  const found = (scores: object) => findingsOf(text, { ...EFFORT, ...scores }, TASKS, knowing);
  const intent = logs(0.4, 0.5, 0.1); // alarm_set, play_music, joke
  const slots = [logs(0.4, 0.5, 0.1), logs(0.1, 0.8, 0.1), logs(0.1, 0.5, 0.4)];
  const nineAm = [expect.objectContaining({ name: "time", value: "nine am" })];

  test("decides on both together when both are asked for", () => {
    const both = found({ intent, slots });
    expect(both.intents?.map(({ name }) => name)).toEqual(["alarm_set", "play_music", "joke"]);
    expect(both.intents?.reduce((sum, { confidence }) => sum + confidence, 0)).toBeCloseTo(1);
    expect(both.slots).toEqual(nineAm);
  });

  test("does not let what nobody asked for have a say", () => {
    expect(found({ intent })).toEqual(scored({ intent }));
    expect(found({ slots }).slots).toEqual(nineAm);
  });

  test("refuses scores that are no numbers", () => {
    expect(() => found({ intent, slots: [Float32Array.of(0, Number.NaN, 0)] })).toThrow(NonFiniteScoreError);
    expect(() => found({ intent: Float32Array.of(0, Infinity, 0), slots })).toThrow(NonFiniteScoreError);
  });
});

test("groups are ranked by the sum of their topics, whichever topic is the best", () => {
  const { topics, groups } = scored({ topic: [{ logits: logs(0.4, 0.3, 0.3), tokens: 5 }] });
  expect(topics?.map(({ name }) => name)).toEqual(["puck", "orbit", "shuttle"]);
  expect(groups).toEqual([
    { name: "sci", confidence: expect.closeTo(0.6) },
    { name: "rec", confidence: expect.closeTo(0.4) },
  ]);
});

test("scores that are no numbers are refused", () => {
  expect(() => scored({ intent: Float32Array.of(1, Number.NaN, 0) })).toThrow(NonFiniteScoreError);
});

test("a written intent is a ranking of one, and no temperature changes its confidence", () => {
  const tasks = { ...TASKS, intent: { ...TASKS.intent!, temperature: 5 } };
  const intent = { name: "joke", confidence: 0.9 };
  expect(written({ intent }, tasks)).toEqual({ intents: [intent] });
});

test("written slots stand as they were found", () => {
  const slots = [{ name: "time", value: "nine", start: 3, end: 7, confidence: 0.5 }];
  expect(written({ slots })).toEqual({ slots });
});

test("of written topics only those that were written are ranked, and so are their groups", () => {
  const topic = [{ name: "orbit", confidence: 0.75 }];
  expect(written({ topic })).toEqual({ topics: topic, groups: [{ name: "sci", confidence: 0.75 }] });
});

test("topics that windows wrote add up in their groups", () => {
  const topic = [
    { name: "puck", confidence: 0.375 },
    { name: "orbit", confidence: 0.25 },
    { name: "shuttle", confidence: 0.25 },
  ];
  expect(written({ topic })).toEqual({
    topics: topic,
    groups: [
      { name: "sci", confidence: 0.5 },
      { name: "rec", confidence: 0.375 },
    ],
  });
});

test("a topic that was cut away leaves empty rankings; a task that was not asked for is absent", () => {
  expect(written({ topic: [] })).toEqual({ topics: [], groups: [] });
  expect(written({})).toEqual({});
  expect(scored({})).toEqual({});
});

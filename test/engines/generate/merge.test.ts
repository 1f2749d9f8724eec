import { expect, test } from "vitest";
import { mergeAnswers, type ForwardAnswer } from "../../../src/engines/generate/merge.js";
import type { Forward } from "../../../src/engines/plan.js";
import type { TaskName } from "../../../src/tasks/task.js";
import { prepareText } from "../../../src/text/prepare.js";
import { answered } from "./answered.js";

const EVERY: readonly TaskName[] = ["intent", "slots", "topic"];

const forward = (tokens: number): Forward => ({ tasks: EVERY, ids: new Array<number>(tokens).fill(0), words: [] });
const merge = (text: string, runs: ForwardAnswer[][], tokens = runs.map(() => 1), tasks = EVERY) =>
  mergeAnswers(
    prepareText(text, { nfkc: true, lowercase: true }),
    { forwards: tokens.map(forward) },
    tasks,
    runs.map((value, i) => ({ value, startedAt: 100 + 10 * i, finishedAt: 108 + 10 * i })),
    95,
  );

test("one answer to everything", () => {
  const answer = { intent: "alarm_set", slots: [{ time: "nine" }, { date: "friday" }], topic: "orbit" };
  const found = merge("at Nine on friday", [[answered(answer, [0.9, 0.8, 0.7, 0.6], [12, 5, 30])]]);
  expect(found).toEqual({
    written: {
      intent: { name: "alarm_set", confidence: 0.9 },
      slots: [
        { name: "time", value: "Nine", start: 3, end: 7, confidence: 0.8 },
        { name: "date", value: "friday", start: 11, end: 17, confidence: 0.7 },
      ],
      topic: [{ name: "orbit", confidence: 0.6 }],
    },
    droppedSlots: 0,
    promptTokens: 12,
    cachedTokens: 5,
    generatedTokens: 30,
    queueMs: 5,
    inferenceMs: 8,
  });
});

test("an answer a task, of several decoders", () => {
  const found = merge("at nine", [
    [
      answered({ intent: "alarm_set" }, [0.9], [10, 1, 4]),
      answered({ slots: [{ time: "nine" }] }, [0.8], [11, 2, 5]),
      answered({ topic: "orbit" }, [0.7], [12, 3, 6]),
    ],
  ]);
  expect(found).toMatchObject({
    written: {
      intent: { name: "alarm_set", confidence: 0.9 },
      slots: [{ name: "time", value: "nine", confidence: 0.8 }],
      topic: [{ name: "orbit", confidence: 0.7 }],
    },
    promptTokens: 33,
    cachedTokens: 6,
    generatedTokens: 15,
  });
});

test("windows vote for their topics with their confidences and their shares of the tokens", () => {
  const runs = [
    [answered({ intent: "joke", slots: [], topic: "puck" }, [0.5, 0.9], [8, 0, 3])],
    [answered({ topic: "orbit" }, [1], [8, 0, 3])],
    [answered({ topic: "puck" }, [0.5], [4, 0, 3])],
  ];
  const { written, promptTokens, queueMs, inferenceMs } = merge("any text", runs, [8, 8, 4]);
  expect(written.intent).toEqual({ name: "joke", confidence: 0.5 });
  expect(written.topic).toEqual([
    { name: "puck", confidence: expect.closeTo(0.4 * 0.9 + 0.2 * 0.5) },
    { name: "orbit", confidence: expect.closeTo(0.4) },
  ]);
  expect([promptTokens, queueMs, inferenceMs]).toEqual([20, 5, 28]);
});

test("the best topic can be one that the first window did not name", () => {
  const runs = [[answered({ topic: "puck" }, [0.3])], [answered({ topic: "orbit" }, [0.9])]];
  expect(merge("any text", runs, [5, 5]).written.topic?.map(({ name }) => name)).toEqual(["orbit", "puck"]);
});

test("values that the text does not say are dropped and counted, and the others keep their confidences", () => {
  const slots = [{ time: "ten" }, { time: "nine" }, { place: "paris" }, { time: "nine" }];
  const found = merge("at nine", [[answered({ intent: "joke", slots }, [0.9, 0.1, 0.2, 0.3, 0.4])]]);
  expect(found.written.slots).toEqual([{ name: "time", value: "nine", start: 3, end: 7, confidence: 0.2 }]);
  expect(found.droppedSlots).toBe(3);
});

test("slots come in the order of the text, whatever the order they were written in", () => {
  const slots = [{ date: "friday" }, { time: "nine" }];
  const found = merge("nine on friday", [[answered({ slots }, [0.1, 0.2])]]);
  expect(found.written.slots?.map(({ name, confidence }) => [name, confidence])).toEqual([
    ["time", 0.2],
    ["date", 0.1],
  ]);
});

test("an answer that was cut before its topic has none; a task that was not asked for is absent", () => {
  expect(merge("nine", [[answered({ slots: [] })]]).written).toEqual({ slots: [], topic: [] });
  expect(merge("nine", [[answered({ intent: "joke" }, [1])]], [1], ["intent"]).written).toEqual({
    intent: { name: "joke", confidence: 1 },
  });
});

test("a text of which nothing had to be asked has no slots and took no time", () => {
  expect(merge("...", [], [], ["slots"])).toEqual({
    written: { slots: [] },
    droppedSlots: 0,
    promptTokens: 0,
    cachedTokens: 0,
    generatedTokens: 0,
    queueMs: 0,
    inferenceMs: 0,
  });
});

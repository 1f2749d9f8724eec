import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planText } from "../../src/engines/plan.js";
import { TextTooLongError } from "../../src/errors.js";
import { TASK_NAMES, type TaskName } from "../../src/tasks/task.js";

const limits = { window_tokens: 4, max_tokens: 10 };
const all: readonly TaskName[] = TASK_NAMES;
const reject = { truncate: false, field: "text" };
const cut = { truncate: true, field: "text" };

/** A text of `tokens` ids, with a word at every other one. */
function textOf(tokens: number) {
  const ids = Array.from({ length: tokens }, (_, i) => i);
  return { ids, words: ids.filter((i) => i % 2 === 0) };
}

describe("planText", () => {
  test("reads a text of one window in one forward", () => {
    const text = textOf(4);
    expect(planText(text, all, limits, reject)).toEqual({ forwards: [{ tasks: all, ...text }] });
  });

  test("asks no word when slots are not asked for", () => {
    expect(planText(textOf(4), ["intent"], limits, reject).forwards[0]?.words).toEqual([]);
  });

  test("reads the topic of a longer text window by window", () => {
    const { forwards, truncated } = planText(textOf(10), ["topic"], limits, reject);
    expect(forwards.map(({ ids }) => ids)).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    expect(truncated).toBeUndefined();
  });

  test.each([
    [5, all, 4, 'ask for "tasks": ["topic"] only'],
    [5, ["intent", "slots"], 4, 'Shorten it or send "truncate": true.'],
    [11, all, 4, 'Shorten it or send "truncate": true.'],
    [11, ["topic"], 10, 'Shorten it or send "truncate": true.'],
  ] as [number, TaskName[], number, string][])("rejects %i tokens for %j", (tokens, tasks, limit, advice) => {
    const plan = () => planText(textOf(tokens), tasks, limits, { truncate: false, field: "texts[3]" });
    expect(plan).toThrow(TextTooLongError);
    expect(plan).toThrow(
      `${tokens} tokens, the model reads ${limit}. ${advice === 'ask for "tasks": ["topic"] only' ? "Shorten it, " : ""}${advice}`,
    );
    expect(plan).toThrow(expect.objectContaining({ field: "texts[3]" }));
  });

  test("cuts a text for intent and slots to the first window, and reads its topic to the most", () => {
    const { forwards, truncated } = planText(textOf(12), all, limits, cut);
    expect(forwards).toEqual([
      { tasks: all, ids: [0, 1, 2, 3], words: [0, 2] },
      { tasks: ["topic"], ids: [4, 5, 6, 7], words: [] },
      { tasks: ["topic"], ids: [8, 9], words: [] },
    ]);
    expect(truncated).toEqual({ readTokens: 4, totalTokens: 12 });
  });

  test("cuts the topic of a text beyond the most", () => {
    const { forwards, truncated } = planText(textOf(12), ["topic"], limits, cut);
    expect(forwards).toHaveLength(3);
    expect(truncated).toEqual({ readTokens: 10, totalTokens: 12 });
  });

  test("asks the model nothing when there are no words to tag", () => {
    expect(planText({ ids: [7], words: [] }, ["slots"], limits, reject).forwards).toEqual([]);
    expect(planText({ ids: [], words: [] }, ["intent"], limits, reject).forwards).toHaveLength(1);
  });

  test("keeps a word without a token at the end of a text that fits", () => {
    expect(planText({ ids: [7, 8], words: [0, 2] }, ["slots"], limits, reject).forwards[0]?.words).toEqual([0, 2]);
  });

  test("any text: windows are the beginning of the text, none larger than the limit", () => {
    const tasks = fc.subarray([...TASK_NAMES], { minLength: 1 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), tasks, (tokens, asked) => {
        const { forwards, truncated } = planText(textOf(tokens), asked, limits, cut);
        const read = forwards.flatMap(({ ids }) => ids);
        expect(read).toEqual(textOf(read.length).ids);
        expect(Math.max(0, ...forwards.map(({ ids }) => ids.length))).toBeLessThanOrEqual(limits.window_tokens);
        expect(truncated !== undefined).toBe(tokens > (asked.join() === "topic" ? 10 : 4));
      }),
    );
  });
});

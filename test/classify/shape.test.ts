import { expect, test } from "vitest";
import type { Manifest } from "../../src/bundle/manifest.js";
import { shapeText } from "../../src/classify/shape.js";
import { prepareText } from "../../src/text/prepare.js";

const TASKS: Manifest["tasks"] = {
  intent: { labels: ["alarm_set", "joke"], temperature: 2 },
  topic: {
    labels: ["puck", "orbit", "shuttle"],
    temperature: 1,
    groups: { puck: "rec", orbit: "sci", shuttle: "sci" },
  },
};
const OPTIONS = { top_k: 3, offsets: "utf16" as const };

const text = prepareText("any text", { nfkc: true, lowercase: true });
const logs = (...probabilities: number[]) => Float32Array.from(probabilities, Math.log);
const shape = (scores: object, options: object = {}) =>
  shapeText(text, { promptTokens: 1, queueMs: 0, inferenceMs: 0, ...scores }, { tasks: TASKS }, undefined, {
    ...OPTIONS,
    ...options,
  });

test("the group of a text is that of the greatest sum, the ranking keeps each topic's own", () => {
  const answer = shape({ topic: [{ logits: logs(0.4, 0.3, 0.3), tokens: 5 }] });
  expect(answer.topic).toEqual({ name: "puck", group: "sci", confidence: 0.4 });
  expect(answer.topic_ranking?.map(({ group }) => group)).toEqual(["rec", "sci", "sci"]);
});

test("confidences are scaled by the task's temperature", () => {
  // Odds of 9 to 1 become, at a temperature of 2, odds of 3 to 1.
  expect(shape({ intent: logs(0.9, 0.1) }).intent).toEqual({ name: "alarm_set", confidence: 0.75 });
});

test.each([
  [0.74, "alarm_set", false],
  [0.76, undefined, true],
])("an intent below the threshold %s is out of scope", (oos_threshold, name, outOfScope) => {
  const answer = shape({ intent: logs(0.9, 0.1) }, { oos_threshold });
  expect([answer.intent?.name, answer.out_of_scope]).toEqual([name, outOfScope]);
  expect(answer.intent_ranking?.[0]?.name).toBe("alarm_set");
});

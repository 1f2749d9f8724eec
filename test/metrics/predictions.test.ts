import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { PredictionMetrics } from "../../src/metrics/predictions.js";
import { TASKS } from "../classify/fakes.js";

/** The lines of a registry that a model has answered from, without help and type. */
async function linesOf(use: (metrics: PredictionMetrics) => void): Promise<string[]> {
  const registry = new Registry();
  use(new PredictionMetrics(registry));
  return (await registry.metrics()).split("\n").filter((line) => !line.startsWith("#"));
}

const ALARM = { name: "alarm_set", confidence: 0.92 };
const TIME = { name: "time", confidence: 0.6 };

test("answers are counted by label, and each slot for itself", async () => {
  const lines = await linesOf((metrics) => {
    metrics.answered("m@1.0.0", [{ intent: ALARM, slots: [TIME, TIME] }, { topic: { name: "orbit", confidence: 1 } }]);
  });
  expect(lines).toEqual(
    expect.arrayContaining([
      'onepass_predicted_labels_total{model="m@1.0.0",task="intent",label="alarm_set"} 1',
      'onepass_predicted_labels_total{model="m@1.0.0",task="slots",label="time"} 2',
      'onepass_predicted_labels_total{model="m@1.0.0",task="topic",label="orbit"} 1',
      'onepass_confidence_ratio_sum{model="m@1.0.0",task="slots"} 1.2',
      'onepass_confidence_ratio_count{model="m@1.0.0",task="slots"} 2',
    ]),
  );
});

test("a text out of scope is counted as such and has no label", async () => {
  const lines = await linesOf((metrics) => {
    metrics.answered("m@1.0.0", [{ intent: null }, { intent: ALARM }, {}]);
  });
  expect(lines).toContain('onepass_out_of_scope_total{model="m@1.0.0"} 1');
  expect(lines).toContain('onepass_confidence_ratio_count{model="m@1.0.0",task="intent"} 1');
});

test("every label of a model is there before its first answer, so that the first one is seen", async () => {
  const lines = await linesOf((metrics) => {
    metrics.expect("m@1.0.0", TASKS);
  });
  expect(lines.filter((line) => line.startsWith("onepass_predicted_labels_total"))).toEqual(
    [..."intent alarm_set,intent play_music,intent joke,slots time,topic puck,topic orbit,topic shuttle".split(",")]
      .map((series) => series.split(" "))
      .map(([task, label]) => `onepass_predicted_labels_total{model="m@1.0.0",task="${task}",label="${label}"} 0`),
  );
  expect(lines.join()).not.toContain("prior"); // the bundle has none
});

test("the prior is that of the labels that can be answered: without the one that rejects", async () => {
  const intent = { labels: ["play", "oos", "joke"], temperature: 1, reject: "oos", prior: [0.3, 0.5, 0.2] };
  const lines = await linesOf((metrics) => {
    metrics.expect("m@1.0.0", { intent, slots: { tags: ["O", "B-x", "I-x"], temperature: 1, prior: [1] } });
  });
  expect(lines.filter((line) => line.startsWith("onepass_label_prior_ratio"))).toEqual([
    'onepass_label_prior_ratio{model="m@1.0.0",task="intent",label="play"} 0.6',
    'onepass_label_prior_ratio{model="m@1.0.0",task="intent",label="joke"} 0.4',
    'onepass_label_prior_ratio{model="m@1.0.0",task="slots",label="x"} 1',
  ]);
  expect(lines.join()).not.toContain('label="oos"');
});

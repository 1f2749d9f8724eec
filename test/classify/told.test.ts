import { expect, test } from "vitest";
import { ClassifyRequest } from "../../src/classify/request.js";
import type { TracedAnswer } from "../../src/tracing/trace.js";
import { ALL, failure, fakeService } from "./fake-service.js";

test("what was answered is counted for the model that answered, the fallback's too", async () => {
  const { ask, engine, metrics } = await fakeService(ALL);
  await ask({ texts: ["at nine am", "hi"] });
  engine("single-pass").before = failure;
  await ask({ text: "hi", tasks: ["intent"], oos_threshold: 0.9 });
  const text = await metrics.registry.metrics();
  const lines = text.split("\n").filter((line) => !line.endsWith(" 0"));
  expect(lines).toEqual(
    expect.arrayContaining([
      'onepass_predicted_labels_total{model="single-pass@1.0.0",task="intent",label="alarm_set"} 2',
      'onepass_predicted_labels_total{model="single-pass@1.0.0",task="slots",label="time"} 1',
      'onepass_predicted_labels_total{model="single-pass@1.0.0",task="topic",label="orbit"} 2',
      'onepass_out_of_scope_total{model="dual-encoder@1.0.0"} 1',
    ]),
  );
  expect(lines.join()).not.toContain('onepass_predicted_labels_total{model="dual-encoder@1.0.0"');
  expect(text).toContain('onepass_predicted_labels_total{model="joint-encoder@1.0.0",task="intent",label="joke"} 0');
});

test("a trace is told who answered and how long each phase took", async () => {
  const { service } = await fakeService(ALL);
  const answers: TracedAnswer[] = [];
  const trace = {
    traceId: "",
    traceparent: "",
    answered: (answer: TracedAnswer) => answers.push(answer),
    end: () => undefined,
  };
  const signal = new AbortController().signal;
  await service.classify(ClassifyRequest.parse({ text: "hi" }), { id: "r1", startedAt: 0, signal, trace });
  expect(answers).toEqual([
    expect.objectContaining({
      model: "single-pass@1.0.0",
      engine: "single-pass",
      fallback: "none",
      texts: 1,
      queueMs: 1,
      inferenceMs: 2,
    }),
  ]);
});

import { expect, test } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import { ALL, failure, fakeService, ONE_TASK, REJECTING, WRITING } from "./fake-service.js";
import { fakeBundle, fakeEngines, TASKS } from "./fakes.js";

const REJECTS = fakeBundle("single-pass", { tasks: REJECTING });
/** The same labels, all of them intents. */
const LABELLED = { ...TASKS, intent: { labels: REJECTING.intent.labels, temperature: 1 } };

test("when the engine fails the fallback answers, says so and is counted", async () => {
  const { ask, engine, metrics, onEngineFailure } = await fakeService();
  engine("single-pass").before = failure;
  await expect(ask({ text: "nine" })).resolves.toMatchObject({ model: "dual-encoder@1.0.0", fallback: true });
  expect(onEngineFailure).toHaveBeenCalledOnce();
  expect(await metrics.registry.metrics()).toContain(
    'onepass_fallback_total{from="single-pass@1.0.0",to="dual-encoder@1.0.0"} 1',
  );
});

test("when an engine that writes fails, the fallback answers for it", async () => {
  const { ask, engine, metrics } = await fakeService([WRITING, ALL[1]]);
  engine("writing", "generate").before = failure;
  await expect(ask({ text: "nine", engine: "generate" })).resolves.toMatchObject({
    model: "dual-encoder@1.0.0",
    fallback: true,
  });
  expect(await metrics.registry.metrics()).toContain(
    'onepass_fallback_total{from="writing@1.0.0",to="dual-encoder@1.0.0"} 1',
  );
});

test.each([
  ["the caller does not want it", ALL, {}, { fallback: false }],
  ["there is none", ALL, { fallbackModel: "none" }, {}],
  ["its labels differ", [ALL[0], fakeBundle("dual-encoder", { tasks: ONE_TASK })], {}, { tasks: ["intent"] }],
  ["it has no label to reject with", [REJECTS, fakeBundle("dual-encoder", { tasks: LABELLED })], {}, {}],
  ["it lacks a task", [ALL[0], fakeBundle("dual-encoder", { tasks: ONE_TASK })], {}, {}],
])("the fallback does not answer when %s", async (_name, bundles, options, body) => {
  const { ask, engine } = await fakeService(bundles, options);
  engine("single-pass").before = failure;
  await expect(ask({ text: "nine", ...body })).rejects.toMatchObject({ code: "engine_failed", status: 500 });
});

test("a text that is too long never falls back", async () => {
  const { ask, engine } = await fakeService();
  await expect(ask({ text: "w ".repeat(9) })).rejects.toMatchObject({ code: "text_too_long" });
  expect(engine("dual-encoder").calls).toEqual([]);
});

test("for a default that could not be loaded the fallback answers; without it 503", async () => {
  const load = (bundle: Bundle) =>
    bundle === ALL[0] ? Promise.reject(new Error("no memory")) : Promise.resolve(fakeEngines(bundle));
  const { ask } = await fakeService(ALL, { load });
  await expect(ask({ text: "nine" })).resolves.toMatchObject({ engine: "dual-encoder", fallback: true });
  await expect(ask({ text: "nine", fallback: false })).rejects.toMatchObject({ code: "not_ready", status: 503 });
});

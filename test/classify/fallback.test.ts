import { expect, test } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import { EngineError, OnepassError, OverloadedError } from "../../src/errors.js";
import { ALL, failure, fakeService, ONE_TASK, REJECTING, WRITING } from "./fake-service.js";
import { fakeBundle, fakeEngines, TASKS } from "./fakes.js";

const REJECTS = fakeBundle("single-pass", { tasks: REJECTING });
/** The same labels, all of them intents. */
const LABELLED = { ...TASKS, intent: { labels: REJECTING.intent.labels, temperature: 1 } };

const overload = () => Promise.reject(new OverloadedError("requests", 100));
const lateness = () => Promise.reject(new OverloadedError("deadline", 100));
/** The default can't be loaded. */
const load = (bundle: Bundle) =>
  bundle === ALL[0] ? Promise.reject(new Error("no memory")) : Promise.resolve(fakeEngines(bundle));

test.each([
  ["fails", failure, "engine_failed", 1],
  ["is overloaded", overload, "overloaded", 0],
  ["has so much to do that the deadline would pass", lateness, "overloaded", 0],
])("when the engine %s the fallback answers, says why and is counted", async (_name, before, reason, failures) => {
  const { ask, engine, metrics, observer } = await fakeService();
  engine("single-pass").before = before;
  await expect(ask({ text: "nine" })).resolves.toMatchObject({
    model: "dual-encoder@1.0.0",
    fallback: { from: "single-pass@1.0.0", reason },
  });
  expect(observer.onHiddenFailure).toHaveBeenCalledTimes(failures);
  expect(await metrics.registry.metrics()).toContain(
    `onepass_fallback_total{from="single-pass@1.0.0",to="dual-encoder@1.0.0",reason="${reason}"} 1`,
  );
});

test("when an engine that writes fails, the fallback answers for it", async () => {
  const { ask, engine } = await fakeService([WRITING, ALL[1]]);
  engine("writing", "generate").before = failure;
  await expect(ask({ text: "nine", engine: "generate" })).resolves.toMatchObject({
    model: "dual-encoder@1.0.0",
    fallback: { from: "writing@1.0.0", reason: "engine_failed" },
  });
});

test("for a default that could not be loaded the fallback answers; without it 503", async () => {
  const { ask } = await fakeService(ALL, { load });
  await expect(ask({ text: "nine" })).resolves.toMatchObject({
    engine: "dual-encoder",
    fallback: { from: "single-pass@1.0.0", reason: "not_ready" },
  });
  await expect(ask({ text: "nine", fallback: "never" })).rejects.toMatchObject({ code: "not_ready", status: 503 });
});

test.each([
  ["the caller does not want it", ALL, {}, { fallback: "never" }],
  ["the caller says so in the old way", ALL, {}, { fallback: false }],
  ["there is none", ALL, { fallbackModel: "none" }, {}],
  ["its labels differ", [ALL[0], fakeBundle("dual-encoder", { tasks: ONE_TASK })], {}, { tasks: ["intent"] }],
  ["it has no label to reject with", [REJECTS, fakeBundle("dual-encoder", { tasks: LABELLED })], {}, {}],
  ["it lacks a task", [ALL[0], fakeBundle("dual-encoder", { tasks: ONE_TASK })], {}, {}],
])("the fallback does not answer when %s", async (_name, bundles, options, body) => {
  const { ask, engine } = await fakeService(bundles, options);
  engine("single-pass").before = failure;
  await expect(ask({ text: "nine", ...body })).rejects.toMatchObject({ code: "engine_failed", status: 500 });
});

test("a request's policy goes before the server's", async () => {
  const { ask, engine } = await fakeService(ALL, {}, { fallback: "never" });
  engine("single-pass").before = failure;
  await expect(ask({ text: "nine" })).rejects.toMatchObject({ code: "engine_failed" });
  for (const fallback of ["auto", true]) {
    await expect(ask({ text: "nine", fallback })).resolves.toMatchObject({ fallback: { reason: "engine_failed" } });
  }
});

test("asked alone, the fallback answers and the other engine is spared", async () => {
  const { ask, engine } = await fakeService();
  await expect(ask({ text: "nine", fallback: "only" })).resolves.toMatchObject({
    engine: "dual-encoder",
    fallback: { from: "single-pass@1.0.0", reason: "requested" },
  });
  expect(engine("single-pass").calls).toEqual([]);
  // Who asks for the fallback by its name gets what it has asked for.
  await expect(ask({ text: "nine", fallback: "only", engine: "dual-encoder" })).resolves.toMatchObject({
    fallback: null,
  });
});

test("a server can answer by its fallback alone", async () => {
  const { ask } = await fakeService(ALL, {}, { fallback: "only" });
  await expect(ask({ text: "nine" })).resolves.toMatchObject({ engine: "dual-encoder" });
  await expect(ask({ text: "nine", fallback: "never" })).resolves.toMatchObject({ engine: "single-pass" });
});

test.each([
  ["there is none", ALL, { fallbackModel: "none" }],
  ["it answers with other labels", [ALL[0], fakeBundle("dual-encoder", { tasks: ONE_TASK })], {}],
])("a fallback that is asked alone is refused when %s", async (_name, bundles, options) => {
  const { ask, engine } = await fakeService(bundles, options);
  await expect(ask({ text: "nine", fallback: "only" })).rejects.toMatchObject({
    code: "no_fallback",
    status: 400,
    field: "fallback",
  });
  expect(engine("single-pass").calls).toEqual([]);
});

test("when neither can answer, the caller gets the error of the one it asked for", async () => {
  const { ask, engine, observer } = await fakeService();
  engine("single-pass").before = () => Promise.reject(new OverloadedError("requests", 100));
  engine("dual-encoder").before = () => Promise.reject(new OverloadedError("tokens", 200));
  await expect(ask({ text: "nine" })).rejects.toMatchObject({ status: 429, retryAfterMs: 100 });
  await expect(ask({ text: "nine", fallback: "only" })).rejects.toMatchObject({ status: 429, retryAfterMs: 200 });
  await expect(ask({ text: "nine", engine: "dual-encoder" })).rejects.toMatchObject({ status: 429, retryAfterMs: 200 });

  engine("dual-encoder").before = () => Promise.reject(new EngineError("dual-encoder", new Error("gone")));
  await expect(ask({ text: "nine" })).rejects.toMatchObject({ status: 429, retryAfterMs: 100 });
  expect(observer.onHiddenFailure).toHaveBeenCalledExactlyOnceWith(expect.any(EngineError), "dual-encoder@1.0.0");
});

test("a text that is too long never falls back", async () => {
  const { ask, engine } = await fakeService();
  await expect(ask({ text: "w ".repeat(9) })).rejects.toMatchObject({ code: "text_too_long" });
  expect(engine("dual-encoder").calls).toEqual([]);
});

test("a caller who is gone is not answered by the fallback", async () => {
  const { ask, engine } = await fakeService();
  const caller = new AbortController();
  engine("single-pass").before = async () => {
    await new Promise(setImmediate);
    caller.abort(new OnepassError("client_closed_request", 499, "Gone."));
    return failure();
  };
  await expect(ask({ text: "nine" }, caller.signal)).rejects.toMatchObject({ code: "client_closed_request" });
  expect(engine("dual-encoder").calls).toEqual([]);
});

test("while an engine is being started again the fallback answers at once, and nobody asks the engine", async () => {
  const { ask, engine } = await fakeService();
  engine("single-pass").available = false;
  await expect(ask({ text: "nine" })).resolves.toMatchObject({
    model: "dual-encoder@1.0.0",
    fallback: { from: "single-pass@1.0.0", reason: "not_ready" },
  });
  expect(engine("single-pass").calls).toEqual([]);
});

test.each([
  ["the caller wants no other", { fallback: "never" }, true],
  ["the fallback is being started, too", {}, false],
])("an engine that is being started again is waited for when %s", async (_case, body, fallbackIsUp) => {
  const { ask, engine } = await fakeService();
  engine("single-pass").available = false;
  engine("dual-encoder").available = fallbackIsUp;
  await expect(ask({ text: "nine", ...body })).resolves.toMatchObject({ model: "single-pass@1.0.0", fallback: null });
});

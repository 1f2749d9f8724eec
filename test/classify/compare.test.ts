import { expect, test } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import { compare } from "../../src/classify/compare.js";
import { CompareRequest } from "../../src/classify/request.js";
import { ClassifyService, type ServiceSettings } from "../../src/classify/service.js";
import { EngineError, OnepassError } from "../../src/errors.js";
import { fakeBundle, fakeEngines, fakePool, SETTINGS } from "./fakes.js";

const WRITING = fakeBundle("single-pass that writes", { name: "writing" });
const DUAL = fakeBundle("dual-encoder");
const INTENT_ONLY = fakeBundle("joint-encoder", {
  name: "labels",
  tasks: { intent: { labels: ["a", "b", "c"], temperature: 1 } },
});

async function build(
  bundles: readonly Bundle[] = [DUAL, WRITING],
  options: Parameters<typeof fakePool>[1] = {},
  settings: Partial<ServiceSettings> = {},
) {
  const fake = await fakePool(bundles, options);
  const service = new ClassifyService(fake.pool, fake.metrics, { ...SETTINGS, ...settings });
  const ask = (body: object, signal = new AbortController().signal, startedAt = performance.now()) =>
    compare(service, CompareRequest.parse({ text: "at nine am", ...body }), { id: "r1", startedAt, signal });
  return { ...fake, ask };
}

const named = ({ results }: Awaited<ReturnType<typeof compare>>) =>
  results.map(({ model, engine }) => `${model} ${engine}`);
const failure = (engine: string) => () => Promise.reject(new EngineError(engine, new Error("out of memory")));

test("by default every engine that is ready answers, in the order of the models", async () => {
  const load = (bundle: Bundle) =>
    bundle === INTENT_ONLY ? Promise.reject(new Error("no memory")) : Promise.resolve(fakeEngines(bundle));
  const { ask } = await build([DUAL, INTENT_ONLY, WRITING], { load });
  const answer = await ask({});
  expect(answer.id).toBe("r1");
  expect(named(answer)).toEqual([
    "dual-encoder@1.0.0 dual-encoder",
    "writing@1.0.0 single-pass",
    "writing@1.0.0 generate",
    "writing@1.0.0 dual-decoder",
  ]);
  expect(answer.results.every((result) => "answer" in result)).toBe(true);
});

test("those that are named answer in their order, and one that is named twice, however, once", async () => {
  const { ask, engine } = await build();
  const engines = [
    { engine: "generate" },
    { model: "dual-encoder" },
    { model: "writing" },
    { model: "writing@1.0.0", engine: "generate" },
    { engine: "dual-encoder" },
  ];
  expect(named(await ask({ engines }))).toEqual([
    "writing@1.0.0 generate",
    "dual-encoder@1.0.0 dual-encoder",
    "writing@1.0.0 single-pass",
  ]);
  expect(engine("writing", "generate").calls).toHaveLength(1);
});

test("each answer is the engine's own, with its times and tokens", async () => {
  const { ask } = await build();
  const { results } = await ask({ engines: [{ engine: "single-pass" }, { engine: "generate" }], top_k: 1 });
  const timing_ms = {
    tokenize: expect.any(Number),
    queue: 1,
    inference: 2,
    decode: expect.any(Number),
    total: expect.any(Number),
  };
  const slot = { name: "time", value: "nine am", start: 3, end: 10 };
  expect(results[0]?.answer).toEqual({
    text: "at nine am",
    intent: { name: "alarm_set", confidence: 0.6 },
    intent_ranking: [{ name: "alarm_set", confidence: 0.6 }],
    slots: [{ ...slot, confidence: expect.closeTo(0.9995, 3) }],
    topic: { name: "orbit", group: "sci", confidence: 0.8 },
    topic_ranking: [{ name: "orbit", group: "sci", confidence: 0.8 }],
    usage: { prompt_tokens: 6, cached_tokens: 0, generated_tokens: 0 },
    timing_ms,
  });
  expect(results[1]?.answer).toMatchObject({
    slots: [{ ...slot, confidence: 0.9 }],
    usage: { prompt_tokens: 6, cached_tokens: 2, generated_tokens: 7 },
    timing_ms,
  });
});

test("engines run one after the other, and the time of each begins when it is asked", async () => {
  const { ask, engine } = await build();
  let running = 0;
  const waits = (ms: number) => async () => {
    expect(++running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, ms));
    running -= 1;
  };
  engine("dual-encoder").before = waits(400);
  engine("writing").before = waits(1);
  const { results } = await ask(
    { engines: [{ engine: "dual-encoder" }, { engine: "single-pass" }] },
    undefined,
    performance.now() - 5000,
  );
  const [first, second] = results.map(({ answer }) => answer!.timing_ms.total);
  expect(first).toBeGreaterThanOrEqual(399);
  expect(first).toBeLessThan(5000);
  expect(second).toBeLessThan(400);
});

test("an engine that fails reports its error beside the others' answers, and no fallback answers for it", async () => {
  const { ask, engine } = await build();
  engine("writing", "generate").before = failure("generate");
  const { results } = await ask({ engines: [{ engine: "generate" }, { engine: "dual-encoder" }] });
  expect(results[0]).toEqual({
    model: "writing@1.0.0",
    engine: "generate",
    error: { code: "engine_failed", message: expect.stringContaining("generate") },
  });
  expect(results[1]?.answer).toMatchObject({ intent: { name: "alarm_set" } });
  expect(engine("dual-encoder").calls).toHaveLength(1);
});

test("an engine that takes too long reports that, and the next still has its time", async () => {
  const { ask, engine } = await build();
  engine("dual-encoder").before = () => new Promise(() => undefined);
  const { results } = await ask({ timeout_ms: 50, engines: [{ engine: "dual-encoder" }, { engine: "single-pass" }] });
  expect(results.map(({ error }) => error?.code)).toEqual(["deadline_exceeded", undefined]);
});

test("a task that a model does not answer is its error alone", async () => {
  const { ask } = await build([INTENT_ONLY, WRITING]);
  const { results } = await ask({ tasks: ["slots"], engines: [{ model: "labels" }, { model: "writing" }] });
  expect(results[0]?.error?.code).toBe("task_not_in_model");
  expect(results[1]?.answer?.slots).toMatchObject([{ value: "nine am" }]);
});

test("a text that is too long for an engine is that engine's error", async () => {
  const { ask } = await build([DUAL]);
  const { results } = await ask({ text: "w ".repeat(9) });
  expect(results[0]?.error?.code).toBe("text_too_long");
});

test("an engine that is named and could not be loaded reports that", async () => {
  const load = (bundle: Bundle) =>
    bundle === DUAL ? Promise.reject(new Error("no memory")) : Promise.resolve(fakeEngines(bundle));
  const { ask } = await build([DUAL, WRITING], { load });
  const { results } = await ask({ engines: [{ engine: "dual-encoder" }, { engine: "single-pass" }] });
  expect(results.map(({ error }) => error?.code)).toEqual(["not_ready", undefined]);
});

test("without an engine that is ready there is nothing to compare", async () => {
  const { ask } = await build([DUAL], { load: () => Promise.reject(new Error("no memory")) });
  await expect(ask({})).rejects.toMatchObject({ code: "not_ready", status: 503 });
});

test.each([
  ["an unknown model", { model: "llama" }, "unknown_model", "engines[1].model"],
  ["an engine that no model has", { engine: "joint-encoder" }, "engine_not_in_model", "engines[1].engine"],
  [
    "an engine that the model has not",
    { model: "dual-encoder", engine: "generate" },
    "engine_not_in_model",
    "engines[1].engine",
  ],
])("%s is refused by its place, and nothing runs", async (_name, second, code, field) => {
  const { ask, engine } = await build();
  const refused = ask({ engines: [{ engine: "single-pass" }, second] });
  await expect(refused).rejects.toMatchObject({ status: 400, code, field, details: expect.anything() });
  expect(engine("writing").calls).toEqual([]);
});

test.each([
  ["an empty text", { text: " " }, "empty_text", "text"],
  ["a NUL", { text: "a\0" }, "invalid_text", "text"],
  ["too many characters", { text: "a".repeat(1001) }, "text_too_long", "text"],
])("%s is refused as a whole", async (_name, body, code, field) => {
  const { ask, engine } = await build();
  await expect(ask(body)).rejects.toMatchObject({ code, field });
  expect(engine("writing").calls).toEqual([]);
});

test("when the caller leaves, the engines that wait are not asked", async () => {
  const { ask, engine } = await build();
  const caller = new AbortController();
  const gone = new OnepassError("client_closed_request", 499, "The caller has left.");
  engine("dual-encoder").before = () => {
    caller.abort(gone);
    return Promise.resolve();
  };
  const engines = [{ engine: "dual-encoder" }, { engine: "single-pass" }];
  await expect(ask({ engines }, caller.signal)).rejects.toBe(gone);
  expect(engine("writing").calls).toEqual([]);
});

test("what nobody foresaw is no engine's error", async () => {
  const { ask, engine } = await build();
  const fault = new TypeError("x is not a function");
  engine("dual-encoder").before = () => Promise.reject(fault);
  await expect(ask({})).rejects.toBe(fault);
});

import { expect, test, vi } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import { ClassifyRequest } from "../../src/classify/request.js";
import { ClassifyService } from "../../src/classify/service.js";
import { EngineError } from "../../src/errors.js";
import { fakeBundle, fakeEngines, fakePool, TASKS } from "./fakes.js";

const LIMITS = { maxTexts: 4, maxTextChars: 1000, timeoutMs: 1000 };
const ALL = [fakeBundle("single-pass"), fakeBundle("dual-encoder"), fakeBundle("joint-encoder")];

async function build(bundles: readonly Bundle[] = ALL, options: Parameters<typeof fakePool>[1] = {}) {
  const fake = await fakePool(bundles, options);
  const onEngineFailure = vi.fn();
  const service = new ClassifyService(fake.pool, fake.metrics, LIMITS, onEngineFailure);
  const ask = (body: unknown, signal = new AbortController().signal) =>
    service.classify(ClassifyRequest.parse(body), { id: "r1", startedAt: performance.now(), signal });
  return { ...fake, service, ask, onEngineFailure };
}

const failure = () => Promise.reject(new EngineError("single-pass", new Error("out of memory")));

test("a text is answered with everything that the model knows", async () => {
  const { ask } = await build();
  const answer = await ask({ text: "🎺 at nine am", top_k: 2 });
  expect(answer).toEqual({
    id: "r1",
    model: "single-pass@1.0.0",
    engine: "single-pass",
    fallback: false,
    text: "🎺 at nine am",
    intent: { name: "alarm_set", confidence: 0.6 },
    intent_ranking: [
      { name: "alarm_set", confidence: 0.6 },
      { name: "play_music", confidence: 0.3 },
    ],
    slots: [{ name: "time", value: "nine am", start: 6, end: 13, confidence: expect.closeTo(0.9995, 3) as number }],
    topic: { name: "orbit", group: "sci", confidence: 0.8 },
    topic_ranking: [
      { name: "orbit", group: "sci", confidence: 0.8 },
      { name: "puck", group: "rec", confidence: 0.1 },
    ],
    usage: { prompt_tokens: 6, cached_tokens: 0, generated_tokens: 0 },
    timing_ms: {
      tokenize: expect.any(Number) as number,
      queue: 1,
      inference: 2,
      decode: expect.any(Number) as number,
      total: expect.any(Number) as number,
    },
  });
});

test("the times are those of the engine, and the service's own before and after it", async () => {
  const { ask, engine } = await build();
  engine("single-pass").before = () => new Promise((resolve) => setTimeout(resolve, 300));
  const { timing_ms: times } = await ask({ text: "nine am ".repeat(4) });
  expect(times).toMatchObject({ queue: 1, inference: 2 });
  // The engine says 0.5 ms for its part; the service has cut the text before. The wait is in none of them.
  expect(times.tokenize).toBeGreaterThan(0.5);
  expect(times.tokenize).toBeLessThan(300);
  expect(times.decode).toBeGreaterThan(0);
  expect(times.decode).toBeLessThan(300);
  expect(times.total).toBeGreaterThanOrEqual(299);
});

test("texts that ran side by side are timed from the first start to the last end", async () => {
  const { ask, engine } = await build();
  const own = engine("single-pass");
  const score = own.score.bind(own);
  own.score = async (...given) => {
    const [first, second] = await score(...given);
    return [
      { ...first!, tokenizeMs: 4, queueMs: 3, inferenceMs: 5 },
      { ...second!, tokenizeMs: 4, queueMs: 6, inferenceMs: 7 },
    ];
  };
  const { timing_ms: times } = await ask({ texts: ["a", "b"] });
  expect(times).toMatchObject({ queue: 3, inference: 10 });
  expect(times.tokenize).toBeGreaterThanOrEqual(4); // one figure for all texts of the request, not their sum
  expect(times.tokenize).toBeLessThan(8);
});

test("the total begins when the request arrived", async () => {
  const { service } = await build();
  const request = ClassifyRequest.parse({ text: "hi" });
  const { signal } = new AbortController();
  const answer = await service.classify(request, { id: "r1", startedAt: performance.now() - 500, signal });
  expect(answer.timing_ms.total).toBeGreaterThanOrEqual(500);
});

test("several texts are answered in order, by one call of the engine", async () => {
  const { ask, engine } = await build();
  const answer = await ask({ texts: ["nine", "one two"], tasks: ["slots"] });
  expect(answer).toMatchObject({
    results: [
      { text: "nine", slots: [{ value: "nine" }] },
      { text: "one two", slots: [] },
    ],
    usage: { prompt_tokens: 9 },
  });
  expect(answer).not.toHaveProperty("text");
  expect(engine("single-pass").calls).toEqual([{ texts: ["nine", "one two"], tasks: ["slots"] }]);
});

test("a text in a list of one is answered as a list", async () => {
  const { ask } = await build();
  await expect(ask({ texts: ["nine"] })).resolves.toHaveProperty("results.length", 1);
});

test("tasks that are not asked for are absent", async () => {
  const { ask } = await build();
  const answer = await ask({ text: "nine", tasks: ["topic"] });
  expect(answer).not.toHaveProperty("intent");
  expect(answer).not.toHaveProperty("slots");
  expect(answer).toHaveProperty("topic");
});

test("offsets come in code points when asked for", async () => {
  const { ask } = await build();
  await expect(ask({ text: "🎺 at nine am", offsets: "code_points" })).resolves.toMatchObject({
    slots: [{ value: "nine am", start: 5, end: 12 }],
  });
});

test.each([
  [0.5, { intent: { name: "alarm_set" }, out_of_scope: false }],
  [0.7, { intent: null, intent_ranking: [{ name: "alarm_set" }, {}, {}], out_of_scope: true }],
])("with a threshold of %f the intent of confidence 0.6 is judged", async (oos_threshold, expected) => {
  const { ask } = await build();
  await expect(ask({ text: "hi", oos_threshold })).resolves.toMatchObject(expected);
});

const REJECTING = {
  ...TASKS,
  intent: { labels: ["alarm_set", "play_music", "oos"], temperature: 1, reject: "oos", oos_threshold: 0.5 },
};

test("a bundle that rejects judges one text and several alike, scored or written", async () => {
  const { ask, engine } = await build([fakeBundle("single-pass that writes", { name: "clinc", tasks: REJECTING })]);
  const judged = { intent: { name: "alarm_set", confidence: 0.6 }, out_of_scope: false, out_of_scope_score: 0.4 };
  await expect(ask({ text: "hi" })).resolves.toMatchObject(judged);
  await expect(ask({ texts: ["hi", "ho"] })).resolves.toMatchObject({ results: [judged, judged] });
  await expect(ask({ text: "hi", engine: "generate" })).resolves.toMatchObject(judged);
  engine("clinc", "single-pass").intent = [Math.log(3), 0, Math.log(6)]; // oos 0.6, alarm_set 0.3
  await expect(ask({ text: "hi" })).resolves.toMatchObject({
    intent: null,
    intent_ranking: [{ name: "alarm_set", confidence: 0.3 }, { name: "play_music" }],
    out_of_scope: true,
    out_of_scope_score: 0.7,
  });
});

test("a text that was cut says how much was read", async () => {
  const { ask } = await build();
  const text = "one two three four five six seven eight nine am";
  await expect(ask({ text })).rejects.toMatchObject({ code: "text_too_long", status: 413, field: "text" });
  await expect(ask({ text, truncate: true })).resolves.toMatchObject({
    truncated: { read_tokens: 8, total_tokens: 10 },
  });
});

test.each([
  ["by name", { model: "joint-encoder" }, "joint-encoder@1.0.0"],
  ["by name and version", { model: "joint-encoder@1.0.0" }, "joint-encoder@1.0.0"],
  ["by engine", { engine: "dual-encoder" }, "dual-encoder@1.0.0"],
  ["by both", { model: "dual-encoder", engine: "dual-encoder" }, "dual-encoder@1.0.0"],
])("a model is chosen %s", async (_name, choice, model) => {
  const { ask } = await build();
  await expect(ask({ text: "hi", ...choice })).resolves.toMatchObject({ model, fallback: false });
});

const WRITING = fakeBundle("single-pass that writes", { name: "writing" });
const GENERATING = fakeBundle("generate");

test.each([
  ["the model's own engine", { model: "writing" }, "writing@1.0.0", "single-pass"],
  ["another engine of the model", { model: "writing", engine: "dual-decoder" }, "writing@1.0.0", "dual-decoder"],
  ["an engine of two models: the default's", { engine: "generate" }, "writing@1.0.0", "generate"],
  ["an engine of the other model", { model: "generate", engine: "generate" }, "generate@1.0.0", "generate"],
  ["the only model with an engine", { engine: "dual-encoder" }, "dual-encoder@1.0.0", "dual-encoder"],
])("of models with several engines is chosen %s", async (_name, choice, model, engine) => {
  const { ask, engine: engineOf } = await build([ALL[1]!, GENERATING, WRITING]);
  await expect(ask({ text: "hi", ...choice })).resolves.toMatchObject({ model, engine, fallback: false });
  expect(engineOf(model.replace("@1.0.0", ""), engine as "generate").calls).toHaveLength(1);
});

test.each([
  [
    "the model has it not",
    { model: "writing", engine: "dual-encoder" },
    { engines: ["single-pass", "generate", "dual-decoder"] },
  ],
  [
    "no model has it",
    { engine: "joint-encoder" },
    { engines: ["dual-encoder", "generate", "single-pass", "dual-decoder"] },
  ],
])("an engine is refused with those that there are, since %s", async (_name, choice, details) => {
  const { ask } = await build([ALL[1]!, GENERATING, WRITING]);
  await expect(ask({ text: "hi", ...choice })).rejects.toMatchObject({
    status: 400,
    code: "engine_not_in_model",
    field: "engine",
    details,
  });
});

test("an unknown model is refused with the names of all, each once", async () => {
  const { ask } = await build([ALL[1]!, WRITING]);
  await expect(ask({ text: "hi", model: "llama" })).rejects.toMatchObject({
    code: "unknown_model",
    details: { models: ["dual-encoder@1.0.0", "writing@1.0.0"] },
  });
});

test("a written answer is told as a scored one, with what was written and dropped", async () => {
  const { ask } = await build([WRITING]);
  const answer = await ask({ texts: ["🎺 at nine am", "at ten"], engine: "generate", offsets: "code_points" });
  expect(answer).toMatchObject({
    engine: "generate",
    results: [
      {
        intent: { name: "alarm_set", confidence: 0.6 },
        intent_ranking: [{ name: "alarm_set", confidence: 0.6 }],
        slots: [{ name: "time", value: "nine am", start: 5, end: 12, confidence: 0.9 }],
        topic: { name: "orbit", group: "sci", confidence: 0.8 },
        topic_ranking: [{ name: "orbit", group: "sci", confidence: 0.8 }],
      },
      { slots: [] },
    ],
  });
  expect(answer.usage).toEqual({ prompt_tokens: 11, cached_tokens: 4, generated_tokens: 14, dropped_slots: 1 });
});

test("when no value was dropped, none is counted", async () => {
  const { ask } = await build([WRITING]);
  const { usage } = await ask({ text: "nine am", engine: "dual-decoder" });
  expect(usage).toEqual({ prompt_tokens: 5, cached_tokens: 2, generated_tokens: 7 });
});

test("when an engine that writes fails, the fallback answers for it", async () => {
  const { ask, engine, metrics } = await build([WRITING, ALL[1]!]);
  engine("writing", "generate").before = failure;
  await expect(ask({ text: "nine", engine: "generate" })).resolves.toMatchObject({
    model: "dual-encoder@1.0.0",
    fallback: true,
  });
  expect(await metrics.registry.metrics()).toContain(
    'onepass_fallback_total{from="writing@1.0.0",to="dual-encoder@1.0.0"} 1',
  );
});

const noTopic = { intent: { labels: ["a"], temperature: 1 } };
const REJECTS = fakeBundle("single-pass", { tasks: REJECTING });
/** The same labels, all of them intents. */
const LABELLED = { ...TASKS, intent: { labels: REJECTING.intent.labels, temperature: 1 } };

test.each([
  ["an unknown model", { model: "llama" }, "unknown_model", "model"],
  ["an unknown version", { model: "only@2.0.0" }, "unknown_model", "model"],
  ["an engine that the model has not", { model: "only", engine: "dual-encoder" }, "engine_not_in_model", "engine"],
  ["an engine that no model has", { engine: "dual-encoder" }, "engine_not_in_model", "engine"],
  ["a task that the model has not", { tasks: ["intent", "topic"] }, "task_not_in_model", "tasks[1]"],
  ["a task twice", { tasks: ["intent", "intent"] }, "invalid_request", "tasks[1]"],
])("%s is refused and nothing runs", async (_name, body, code, field) => {
  const { ask, engine } = await build([fakeBundle("single-pass", { name: "only", tasks: noTopic })]);
  await expect(ask({ text: "hi", ...body })).rejects.toMatchObject({ status: 400, code, field });
  expect(engine("only").calls).toEqual([]);
});

test("a threshold without the intent is refused", async () => {
  const { ask } = await build();
  await expect(ask({ text: "hi", tasks: ["slots"], oos_threshold: 0.5 })).rejects.toMatchObject({
    code: "invalid_request",
    field: "oos_threshold",
  });
});

test("when the engine fails the fallback answers, says so and is counted", async () => {
  const { ask, engine, metrics, onEngineFailure } = await build();
  engine("single-pass").before = failure;
  await expect(ask({ text: "nine" })).resolves.toMatchObject({ model: "dual-encoder@1.0.0", fallback: true });
  expect(onEngineFailure).toHaveBeenCalledOnce();
  expect(await metrics.registry.metrics()).toContain(
    'onepass_fallback_total{from="single-pass@1.0.0",to="dual-encoder@1.0.0"} 1',
  );
});

test("scores that are no numbers are a failure of the engine", async () => {
  const { ask, engine } = await build();
  engine("single-pass").intent = [Number.NaN, 0, 0];
  await expect(ask({ text: "nine", fallback: false })).rejects.toMatchObject({ code: "engine_failed" });
  await expect(ask({ text: "nine" })).resolves.toMatchObject({ fallback: true });
});

test.each([
  ["the caller does not want it", ALL, {}, { fallback: false }],
  ["there is none", ALL, { fallbackModel: "none" }, {}],
  ["its labels differ", [ALL[0]!, fakeBundle("dual-encoder", { tasks: noTopic })], {}, { tasks: ["intent"] }],
  ["it has no label to reject with", [REJECTS, fakeBundle("dual-encoder", { tasks: LABELLED })], {}, {}],
  ["it lacks a task", [ALL[0]!, fakeBundle("dual-encoder", { tasks: noTopic })], {}, {}],
])("the fallback does not answer when %s", async (_name, bundles, options, body) => {
  const { ask, engine } = await build(bundles, options);
  engine("single-pass").before = failure;
  await expect(ask({ text: "nine", ...body })).rejects.toMatchObject({ code: "engine_failed", status: 500 });
});

test("a text that is too long never falls back", async () => {
  const { ask, engine } = await build();
  await expect(ask({ text: "w ".repeat(9) })).rejects.toMatchObject({ code: "text_too_long" });
  expect(engine("dual-encoder").calls).toEqual([]);
});

test("for a default that could not be loaded the fallback answers; without it 503", async () => {
  const load = (bundle: Bundle) =>
    bundle === ALL[0] ? Promise.reject(new Error("no memory")) : Promise.resolve(fakeEngines(bundle));
  const { ask } = await build(ALL, { load });
  await expect(ask({ text: "nine" })).resolves.toMatchObject({ engine: "dual-encoder", fallback: true });
  await expect(ask({ text: "nine", fallback: false })).rejects.toMatchObject({ code: "not_ready", status: 503 });
});

test("an answer that takes too long is a 504, also when the fallback could answer", async () => {
  const { ask, engine } = await build();
  engine("single-pass").before = (signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        reject(new EngineError("single-pass", signal.reason));
      });
    });
  await expect(ask({ text: "nine", timeout_ms: 5 })).rejects.toMatchObject({ code: "deadline_exceeded", status: 504 });
  expect(engine("dual-encoder").calls).toEqual([]);
});

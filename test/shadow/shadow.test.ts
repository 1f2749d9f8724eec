import { expect, test, vi } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import { ClassifyRequest } from "../../src/classify/request.js";
import { ClassifyService } from "../../src/classify/service.js";
import { EngineError, OverloadedError } from "../../src/errors.js";
import { Shadow, type ShadowOptions } from "../../src/shadow/shadow.js";
import { ShadowSummary } from "../../src/shadow/summary.js";
import { fakeBundle, fakePool, SETTINGS } from "../classify/fakes.js";

const ALL = [fakeBundle("single-pass"), fakeBundle("dual-encoder"), fakeBundle("joint-encoder")];

async function build(options: Partial<ShadowOptions> = {}, bundles: readonly Bundle[] = ALL) {
  const fake = await fakePool(bundles);
  const shadow = new Shadow(fake.pool, fake.metrics, {
    name: "joint-encoder",
    share: 1,
    timeoutMs: 1000,
    keepTexts: () => undefined,
    ...options,
  });
  const service = new ClassifyService(fake.pool, fake.metrics, SETTINGS, {
    onAnswer: (answer) => {
      shadow.observe(answer);
    },
  });
  let id = 0;
  const ask = (body: object) =>
    service.classify(ClassifyRequest.parse({ text: "at nine am", ...body }), {
      id: `r${++id}`,
      startedAt: performance.now(),
      signal: new AbortController().signal,
    });
  /** Once the shadow has nothing to do. */
  const summary = async () => {
    await vi.waitFor(() => {
      expect(shadow.idle).toBe(true);
    });
    return ShadowSummary.parse(shadow.summary());
  };
  const asked = fake.engine("joint-encoder").calls;
  return { ...fake, shadow, ask, summary, asked };
}

test("a sampled request is also asked of the shadow, with its tasks, and the two answers are compared", async () => {
  const { ask, summary, asked, engine } = await build();
  engine("joint-encoder").intent = [0, 1, 0]; // play_music
  await ask({ texts: ["at nine am", "nine"], text: undefined, tasks: ["intent", "slots"] });
  const { pairs, dropped } = await summary();
  expect(asked).toEqual([{ texts: ["at nine am", "nine"], tasks: ["intent", "slots"] }]);
  expect(dropped).toBe(0);
  expect(pairs).toEqual([
    {
      answerer: { model: "single-pass@1.0.0", engine: "single-pass" },
      shadow: { model: "joint-encoder@1.0.0", engine: "joint-encoder" },
      requests: 1,
      failures: {},
      agreement: { intent: { texts: 2, agreed: 0, share: 0 }, slots: { texts: 2, agreed: 2, share: 1 } },
      inference_ms: {
        answerer: { p50: 2, p95: 2 },
        shadow: { p50: 2, p95: 2 },
        difference: { p50: 0, p95: 0 },
      },
      disagreements: [1, 0].map((index) => ({ id: "r1", index, at: expect.any(String) as string, tasks: ["intent"] })),
    },
  ]);
});

test("only its share of the requests is asked", async () => {
  const dice = [0.05, 0.9, 0.2];
  const { ask, summary, asked } = await build({ share: 0.1, random: () => dice.shift()! });
  for (let i = 0; i < 3; i++) {
    await ask({});
    await summary();
  }
  expect(asked).toHaveLength(1);
});

test("the answer does not wait for a shadow that hangs, and further samples are dropped", async () => {
  const { ask, engine, shadow, asked, metrics } = await build();
  engine("joint-encoder").before = () => new Promise(() => undefined);
  for (let i = 0; i < 3; i++) await expect(ask({})).resolves.toMatchObject({ engine: "single-pass" });
  await new Promise(setImmediate);
  expect(asked).toHaveLength(1);
  expect(shadow.summary().dropped).toBe(2);
  expect(await metrics.registry.metrics()).toContain("onepass_shadow_dropped_total 2");
});

test("a shadow that hangs is given up after the server's own limit and asked again", async () => {
  const { ask, engine, summary, asked } = await build({ timeoutMs: 30 });
  engine("joint-encoder").before = () => new Promise(() => undefined);
  await ask({});
  expect((await summary()).pairs[0]?.failures).toEqual({ deadline_exceeded: 1 });
  await ask({});
  await summary();
  expect(asked).toHaveLength(2);
});

test.each([
  ["fails", () => Promise.reject(new EngineError("joint-encoder", new Error("gone"))), { engine_failed: 1 }, 0],
  ["has a bug", () => Promise.reject(new TypeError("oops")), { internal: 1 }, 0],
  ["is overloaded", () => Promise.reject(new OverloadedError("requests", 100)), {}, 1],
])("a shadow that %s costs no answer", async (_name, before, failures, dropped) => {
  const { ask, engine, summary } = await build();
  engine("joint-encoder").before = before;
  await expect(ask({})).resolves.toMatchObject({ engine: "single-pass", fallback: null });
  expect(await summary()).toMatchObject({ dropped, pairs: [{ requests: 0, failures }] });
});

test("nobody is a shadow of itself", async () => {
  const { ask, summary, asked } = await build();
  await ask({ engine: "joint-encoder" });
  expect(await summary()).toMatchObject({ dropped: 0, pairs: [] });
  expect(asked).toHaveLength(1);
});

test("a request that had to wait longer than it ran is dropped: there is no time for two", async () => {
  const { ask, summary, engine, asked } = await build();
  const own = engine("single-pass");
  const score = own.score.bind(own);
  own.score = async (...given) => (await score(...given)).map((scores) => ({ ...scores, queueMs: 3, inferenceMs: 2 }));
  await ask({});
  expect((await summary()).dropped).toBe(1);
  expect(asked).toEqual([]);
});

test("times of answers that a cache knew are no times", async () => {
  const { ask, summary, engine } = await build();
  const own = engine("single-pass");
  const score = own.score.bind(own);
  own.score = async (...given) => (await score(...given)).map((scores) => ({ ...scores, cached: true }));
  await ask({});
  const [pair] = (await summary()).pairs;
  expect(pair?.agreement.intent?.texts).toBe(1);
  expect(pair).not.toHaveProperty("inference_ms");
});

test.each([
  ["a name", "writing", "single-pass"],
  ["a name and a version", "writing@1.0.0", "single-pass"],
  ["an engine", "dual-decoder", "dual-decoder"],
])("a shadow is chosen by %s", async (_by, name, engine) => {
  const { ask, summary } = await build({ name }, [...ALL, fakeBundle("single-pass that writes", { name: "writing" })]);
  await ask({ model: "dual-encoder" });
  expect((await summary()).pairs).toMatchObject([{ shadow: { model: "writing@1.0.0", engine } }]);
});

test("tasks that the shadow does not know are left out, and a request of such tasks alone is not asked", async () => {
  const intents = fakeBundle("joint-encoder", {
    tasks: { intent: { labels: ["alarm_set", "b", "c"], temperature: 1 } },
  });
  const { ask, summary, asked } = await build({}, [ALL[0]!, intents]);
  await ask({ tasks: ["topic"] });
  await ask({});
  expect(Object.keys((await summary()).pairs[0]!.agreement)).toEqual(["intent"]);
  expect(asked).toHaveLength(1);
});

test("texts and labels are kept only where they may be, and slots' values as texts are", async () => {
  const keepTexts = (texts: readonly string[]) => texts.map((text) => text.replace("nine", "[number]"));
  const { ask, summary, engine } = await build({ keepTexts });
  const other = engine("joint-encoder");
  const score = other.score.bind(other);
  other.score = async (...given) => (await score(...given)).map((scores) => ({ ...scores, slots: [] }));
  await ask({});
  expect((await summary()).pairs[0]!.disagreements).toEqual([
    {
      id: "r1",
      index: 0,
      at: expect.any(String) as string,
      tasks: ["slots"],
      text: "at [number] am",
      answer: { slots: [{ name: "time", value: "[number] am" }] },
      shadow: { slots: [] },
    },
  ]);
});

test("metrics tell agreement by task, and both times", async () => {
  const { ask, summary, metrics } = await build();
  await ask({});
  await summary();
  const text = await metrics.registry.metrics();
  const pair =
    'model="single-pass@1.0.0",engine="single-pass",shadow_model="joint-encoder@1.0.0",shadow_engine="joint-encoder"';
  expect(text).toContain(`onepass_shadow_texts_total{${pair},task="slots",agrees="true"} 1`);
  expect(text).toContain(`onepass_shadow_inference_duration_seconds_sum{${pair},of="shadow"} 0.002`);
  expect(text).toContain(
    'onepass_shadow_requests_total{model="joint-encoder@1.0.0",engine="joint-encoder",outcome="compared"} 1',
  );
});

test("once the server stops, nothing more is asked and what runs is given up", async () => {
  const { ask, engine, shadow, summary, asked } = await build();
  engine("joint-encoder").before = () => new Promise(() => undefined);
  await ask({});
  await new Promise(setImmediate);
  shadow[Symbol.dispose]();
  expect((await summary()).pairs[0]).toMatchObject({ requests: 0, failures: {} });
  await ask({});
  await summary();
  expect(asked).toHaveLength(1);
});

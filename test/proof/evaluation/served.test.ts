import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bundle } from "../../../src/bundle/bundle.js";
import type { Manifest } from "../../../src/bundle/manifest.js";
import type { Engine, ScoreRequest, Scores, WrittenAnswer } from "../../../src/engines/engine.js";
import { enginesOf } from "../../../src/engines/offered.js";
import { openServed } from "../../../src/proof/evaluation/served.js";
import { ggufBytes } from "../../bundle/gguf-bytes.js";

const WEIGHTS = ggufBytes();

const MANIFEST: Manifest = {
  format: "1.0.0",
  name: "tiny",
  version: "1.2.3",
  description: "A bundle for tests.",
  language: "en",
  license: "Apache-2.0",
  tasks: {
    intent: { labels: ["alarm", "joke"], temperature: 2 },
    slots: { tags: ["O", "B-time", "I-time"], temperature: 1 },
    topic: { labels: ["puck", "orbit"], temperature: 1, groups: { puck: "rec", orbit: "sci" } },
  },
  limits: { window_tokens: 8, max_tokens: 16 },
  text: { nfkc: true, lowercase: true },
  model: {
    engine: "single-pass",
    file: "weights.gguf",
    bos: 0,
    read_outs: { intent: 1, topic: 2 },
    label_start: { intent: 10, slots: 20, topic: 30 },
    writes: true,
  },
  files: { "weights.gguf": createHash("sha256").update(WEIGHTS).digest("hex") },
  provenance: {},
  golden: { tolerance: 1, cases: [] },
};

const SCORES: Scores = {
  intent: Float32Array.of(2 * Math.log(3), 0), // at temperature 2: 3 to 1
  slots: [
    [9, 0, 0],
    [0, 9, 0],
    [0, 0, 9],
  ].map((row) => Float32Array.from(row)),
  topic: [{ logits: Float32Array.of(0, Math.log(4)), tokens: 3 }],
  promptTokens: 6,
  cachedTokens: 0,
  generatedTokens: 0,
  truncated: { readTokens: 3, totalTokens: 9 },
  tokenizeMs: 0,
  queueMs: 0,
  inferenceMs: 1,
};

const WRITTEN: WrittenAnswer = {
  written: { intent: { name: "joke", confidence: 0.5 }, slots: [], topic: [{ name: "puck", confidence: 1 }] },
  droppedSlots: 2,
  promptTokens: 12,
  cachedTokens: 4,
  generatedTokens: 30,
  tokenizeMs: 0,
  queueMs: 0,
  inferenceMs: 1,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "onepass-served-"));
  await writeFile(join(folder, "bundle.json"), JSON.stringify(MANIFEST));
  await writeFile(join(folder, "weights.gguf"), WEIGHTS);
});
afterAll(() => rm(folder, { recursive: true }));

/** The engines of a bundle with fixed answers, and what they were asked. */
function fakeEngines() {
  const log = { requests: [] as ScoreRequest[], tasks: [] as string[], engines: [] as string[], disposed: 0 };
  const load = (bundle: Bundle): Promise<Engine[]> =>
    Promise.resolve(
      enginesOf(bundle.manifest.model).map((name) => ({
        name,
        runtime: "onnxruntime" as const,
        bundle,
        score: (requests, tasks) => {
          log.engines.push(name);
          log.requests.push(...requests);
          log.tasks.push(...tasks);
          return Promise.resolve([name === "single-pass" ? SCORES : WRITTEN]);
        },
        [Symbol.asyncDispose]: () => Promise.resolve(void (log.disposed += 1)),
      })),
    );
  return { log, load };
}

test("a bundle answers as it is served: calibrated, decoded, with offsets and groups", async () => {
  const { log, load } = fakeEngines();
  {
    await using classifier = await openServed({ bundle: folder }, load);
    expect([classifier.model, classifier.engine]).toEqual(["tiny@1.2.3", "single-pass"]);
    expect(classifier.reject).toBeUndefined();
    expect(classifier.labels).toEqual({
      intent: new Set(["alarm", "joke"]),
      slots: new Set(["time"]),
      topic: new Set(["puck", "orbit"]),
    });
    const prediction = await classifier.classify("💡x six am!", ["intent", "slots", "topic"]);
    expect(prediction).toMatchObject({
      intent: { name: "alarm", confidence: 0.75 },
      slots: [{ name: "time", start: 4, end: 10 }], // in UTF-16 code units
      topic: { name: "orbit", group: "sci", confidence: 0.8 },
      truncated: true,
      usage: { prompt_tokens: 6, cached_tokens: 0, generated_tokens: 0 },
    });
    expect(prediction).not.toHaveProperty("outOfScopeScore");
    expect(prediction.slots?.[0]?.confidence).toBeCloseTo((Math.exp(9) / (Math.exp(9) + 2)) ** 2, 5);
  }
  expect(log.tasks).toEqual(["intent", "slots", "topic"]);
  expect(log.requests[0]).toMatchObject({ truncate: true });
  expect([log.engines, log.disposed]).toEqual([["single-pass"], 3]);
});

test("another engine of the bundle answers when it is named, with what it wrote and dropped", async () => {
  const { log, load } = fakeEngines();
  await using classifier = await openServed({ bundle: folder, engine: "generate" }, load);
  expect(classifier.engine).toBe("generate");
  expect(await classifier.classify("six am", ["intent", "slots", "topic"])).toMatchObject({
    intent: { name: "joke", confidence: 0.5 },
    slots: [],
    topic: { name: "puck", group: "rec" },
    truncated: false,
    usage: { prompt_tokens: 12, cached_tokens: 4, generated_tokens: 30, dropped_slots: 2 },
  });
  expect(log.engines).toEqual(["generate"]);
});

test("a bundle that rejects says with which label, and tells its score of a text", async () => {
  const clinc = join(folder, "clinc");
  const intent = { labels: ["alarm", "oos"], temperature: 2, reject: "oos", oos_threshold: 0.8 };
  await mkdir(clinc);
  await writeFile(join(clinc, "bundle.json"), JSON.stringify({ ...MANIFEST, tasks: { ...MANIFEST.tasks, intent } }));
  await writeFile(join(clinc, "weights.gguf"), WEIGHTS);
  await using classifier = await openServed({ bundle: clinc }, fakeEngines().load);
  expect(classifier.reject).toBe("oos");
  // An alarm of 0.75 is below the bundle's threshold: nobody sends another.
  expect(await classifier.classify("x six am", ["intent"])).toMatchObject({ intent: null, outOfScopeScore: 0.25 });
});

test("a text longer than a server takes is still read", async () => {
  await using classifier = await openServed({ bundle: folder }, fakeEngines().load);
  await expect(classifier.classify("word ".repeat(50_000), ["topic"])).resolves.toHaveProperty("topic");
});

test("an engine that the bundle does not have is refused", async () => {
  await using classifier = await openServed({ bundle: folder, engine: "joint-encoder" }, fakeEngines().load);
  await expect(classifier.classify("hi", ["intent"])).rejects.toMatchObject({ code: "engine_not_in_model" });
});

test("a folder without a bundle, and an engine that does not load, are told", async () => {
  await expect(openServed({ bundle: join(folder, "nowhere") }, fakeEngines().load)).rejects.toThrow("Bundle nowhere");
  const fault = new Error("no memory");
  await expect(openServed({ bundle: folder }, () => Promise.reject(fault))).rejects.toBe(fault);
});

test("what the other labels were given comes with the best, so that it can be calibrated anew", async () => {
  await using single = await openServed({ bundle: folder }, fakeEngines().load);
  const read = await single.classify("x six am", ["intent", "topic"]);
  expect(read.intent?.others).toEqual([expect.closeTo(0.25, 5)]);
  expect(read.topic?.others).toEqual([expect.closeTo(0.2, 5)]);
  await using writing = await openServed({ bundle: folder, engine: "generate" }, fakeEngines().load);
  const written = await writing.classify("x six am", ["intent", "topic"]);
  expect(written.intent?.others).toEqual([0.5]); // of a ranking of one, what it left
  expect(written.topic?.others).toEqual([]);
});

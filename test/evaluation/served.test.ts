import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import type { Manifest } from "../../src/bundle/manifest.js";
import type { Engine, ScoreRequest, Scores } from "../../src/engines/engine.js";
import { openServed } from "../../src/evaluation/served.js";

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
  },
  files: { "weights.gguf": createHash("sha256").update("weights").digest("hex") },
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
  truncated: { readTokens: 3, totalTokens: 9 },
  queueMs: 0,
  inferenceMs: 1,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "onepass-served-"));
  await writeFile(join(folder, "bundle.json"), JSON.stringify(MANIFEST));
  await writeFile(join(folder, "weights.gguf"), "weights");
});
afterAll(() => rm(folder, { recursive: true }));

/** An engine with fixed scores, and what it was asked. */
function fakeEngine() {
  const log = { requests: [] as ScoreRequest[], tasks: [] as string[], disposed: 0 };
  const load = (bundle: Bundle): Promise<Engine> =>
    Promise.resolve({
      name: "single-pass",
      bundle,
      score: (requests, tasks) => {
        log.requests.push(...requests);
        log.tasks.push(...tasks);
        return Promise.resolve([SCORES]);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(void (log.disposed += 1)),
    });
  return { log, load };
}

test("a bundle answers as it is served: calibrated, decoded, with offsets and groups", async () => {
  const { log, load } = fakeEngine();
  {
    await using classifier = await openServed({ bundle: folder }, load);
    expect(classifier.model).toBe("tiny@1.2.3");
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
    });
    expect(prediction.slots?.[0]?.confidence).toBeCloseTo((Math.exp(9) / (Math.exp(9) + 2)) ** 2, 5);
  }
  expect(log.tasks).toEqual(["intent", "slots", "topic"]);
  expect(log.requests[0]).toMatchObject({ truncate: true });
  expect(log.disposed).toBe(1);
});

test("a text longer than a server takes is still read", async () => {
  await using classifier = await openServed({ bundle: folder }, fakeEngine().load);
  await expect(classifier.classify("word ".repeat(50_000), ["topic"])).resolves.toHaveProperty("topic");
});

test("another engine than the bundle's is refused", async () => {
  await using classifier = await openServed({ bundle: folder, engine: "joint-encoder" }, fakeEngine().load);
  await expect(classifier.classify("hi", ["intent"])).rejects.toMatchObject({ code: "engine_not_in_model" });
});

test("a folder without a bundle, and an engine that does not load, are told", async () => {
  await expect(openServed({ bundle: join(folder, "nowhere") }, fakeEngine().load)).rejects.toThrow("Bundle nowhere");
  const fault = new Error("no memory");
  await expect(openServed({ bundle: folder }, () => Promise.reject(fault))).rejects.toBe(fault);
});

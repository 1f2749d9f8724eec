import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accuracyOf, readAccuracy } from "../../../src/proof/loadtest/accuracy.js";
import { findBundles } from "../../../src/proof/loadtest/bundles.js";
import { LoadTestError } from "../../../src/proof/loadtest/errors.js";
import { target } from "./blocks.js";

let folder: string;
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "onepass-accuracy-"))));
afterAll(() => rm(folder, { recursive: true }));

const evaluation = (intent: number, more: object = {}) => ({
  ...{ bundle: "fake@1.0.0", options: {} },
  data: [{ file: "dev.jsonl.gz", rows: 10, intent: { accuracy: intent }, slots: { f1: intent / 2 } }],
  ...more,
});

async function bundle(name: string, evaluations: Record<string, object>): Promise<void> {
  await mkdir(join(folder, name, "evaluation"), { recursive: true });
  await writeFile(join(folder, name, "bundle.json"), JSON.stringify({ name: "fake" }));
  for (const [file, report] of Object.entries(evaluations)) {
    await writeFile(join(folder, name, "evaluation", file), JSON.stringify(report));
  }
}

test("a bundle's evaluation is that of its own engine, unless it names another", async () => {
  await bundle("one", {
    "massive.json": evaluation(0.9),
    "massive-generate.json": evaluation(0.8, { engine: "generate" }),
    "massive-upper.json": evaluation(0.1, { options: { perturb: "upper" }, engine: "dual-decoder" }),
    "massive-part.json": evaluation(0.1, { options: { limit: 5 }, engine: "dual-decoder" }),
    "massive-cut.json": evaluation(0.1, { partial: true, engine: "dual-decoder" }),
    "newsgroups.json": { bundle: "fake@1.0.0", data: [{ topic: { accuracy: 0.8 } }] },
  });
  const targets = ["single-pass", "generate", "dual-decoder", "joint-encoder:other"].map(target);
  const served = ["single-pass", "generate", "dual-decoder"].map((engine) => {
    return { engine, name: "fake", model: "fake@1.0.0", state: "ready" };
  });
  expect(await accuracyOf(targets, await findBundles(folder), served)).toEqual({
    "single-pass": { intent: 0.9, slot_f1: 0.45 },
    generate: { intent: 0.8, slot_f1: 0.4 },
  });
});

test("a file of accuracies is read by label", async () => {
  const file = join(folder, "accuracy.json");
  await writeFile(file, JSON.stringify({ generate: { intent: 0.8, slot_f1: 0.7 } }));
  expect(await readAccuracy(file)).toEqual({ generate: { intent: 0.8, slot_f1: 0.7 } });
});

test.each([
  ["per cent", JSON.stringify({ generate: { intent: 80, slot_f1: 70 } }), /generate/],
  ["a missing score", JSON.stringify({ generate: { intent: 0.8 } }), /slot_f1/],
  ["no JSON", "{", /JSON/],
])("%s is told", async (_name, content, message) => {
  const file = join(folder, "bad.json");
  await writeFile(file, content);
  await expect(readAccuracy(file)).rejects.toThrow(message);
  await expect(readAccuracy(file)).rejects.toBeInstanceOf(LoadTestError);
});

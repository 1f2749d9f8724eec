import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { discoverBundles } from "../../src/bundle/discover.js";
import type { Engine, Scores } from "../../src/engines/engine.js";
import { openRuntime } from "../../src/engines/load.js";
import { QueuedEngine, type Runtime } from "../../src/engines/queued.js";
import { TASK_NAMES, type TaskName } from "../../src/tasks/task.js";
import { codePointOffsets } from "../../src/text/offsets.js";
import { prepareText, type PreparedText } from "../../src/text/prepare.js";
import { answerOf, mixedTexts } from "./answers.js";

const { bundles, faulty } = await discoverBundles(join(import.meta.dirname, "../../models"));

test("models/ holds bundles, all of them sound", () => {
  expect(bundles).not.toEqual([]);
  expect(faulty).toEqual([]);
});

// Bundles that only write have no scores: `generate/golden.test.ts` looks at what they write.
const scoring = bundles.filter(({ manifest }) => !("decoders" in manifest.model));

const opened = scoring.flatMap((bundle) => {
  const { model } = bundle.manifest;
  const runtimes = model.engine === "single-pass" && model.onnx ? (["llama", "onnx"] as const) : (["auto"] as const);
  return runtimes.map((runtime) => [bundle.manifest.name, runtime, bundle] as const);
});

describe.each(opened)("%s on %s", (_name, runtimeName, bundle) => {
  const { golden, limits, text: options, tasks } = bundle.manifest;
  const cases = golden.cases.map((golden) => [golden.text, golden] as const);
  const everyTask = TASK_NAMES.filter((task) => tasks[task]);
  const batches: number[] = [];
  let runtime: Runtime;
  let engine: Engine;

  beforeAll(async () => {
    runtime = await openRuntime(bundle, { threads: 1, gpu: false, runtime: runtimeName });
    engine = new QueuedEngine(bundle, runtime, (prompts) => batches.push(prompts));
  }, 60_000);

  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
  });

  const score = async (text: PreparedText, asked: readonly TaskName[]): Promise<Scores> => {
    const [scores] = await engine.score([{ text, truncate: true, field: "text" }], asked, new AbortController().signal);
    return scores!;
  };

  test.each(cases)("is prompted as in training: %s", (text, expected) => {
    const prepared = prepareText(text, options);
    const points = codePointOffsets(text);
    expect(prepared.words.map(({ start, end }) => [points(start), points(end)])).toEqual(expected.words);
    const prompt = runtime.prompt({ tasks: expected.tasks, ...runtime.encode(prepared) });
    expect(prompt).toMatchObject({ ids: expected.ids, words: expected.word_positions });
  });

  test.each(cases)("scores as in training: %s", async (text, { tasks: asked, logits }) => {
    const scores = await score(prepareText(text, options), asked);
    const found = [scores.intent, scores.topic?.[0]?.logits, ...(scores.slots ?? [])];
    const expected = [logits.intent, logits.topic, ...(logits.slots ?? [])];
    expect(found.map((row) => row?.length)).toEqual(expected.map((row) => row?.length));
    const differences = expected.flatMap((row, i) => row?.map((logit, j) => Math.abs(logit - found[i]![j]!)) ?? []);
    expect(Math.max(...differences)).toBeLessThanOrEqual(golden.tolerance);
    // One logit of hundreds may be far off where 8 bits round twice; all of them may not.
    expect(differences.reduce((sum, difference) => sum + difference, 0) / differences.length).toBeLessThan(0.2);
  });

  test("answers 200 texts at once as it answers each alone", async () => {
    const texts = mixedTexts(200).map((text) => prepareText(text, options));
    const alone = [];
    for (const text of texts) alone.push(answerOf(bundle, text, await score(text, everyTask)));
    batches.length = 0;
    const together = await Promise.all(texts.map(async (text) => answerOf(bundle, text, await score(text, everyTask))));
    expect(together.map(({ said }) => said)).toEqual(alone.map(({ said }) => said));
    for (const [i, { confidences }] of together.entries()) {
      for (const [j, confidence] of confidences.entries()) {
        expect(Math.abs(confidence - alone[i]!.confidences[j]!)).toBeLessThan(1e-3);
      }
    }
    expect(Math.max(...batches)).toBe(runtime.limits.maxSequences);
  }, 120_000);

  test("gives control tokens in a text no meaning", () => {
    const forged = "</s> <s> [SEP] [CLS] <mask> <intent> <topic> <|im_end|> <intent:alarm_set> <O> <|endoftext|>";
    const { ids } = runtime.encode(prepareText(forged, options));
    const opening = runtime.prompt({ tasks: everyTask, ids: [], words: [] }).ids;
    for (const token of opening) expect(ids).not.toContain(token);
  });

  test("reads a text of exactly one window, and the windows of a longer one", async () => {
    const word = "a "; // one token in every vocabulary
    const fits = prepareText(word.repeat(limits.window_tokens), options);
    expect(runtime.encode(fits).ids).toHaveLength(limits.window_tokens);
    expect(await score(fits, everyTask)).not.toHaveProperty("truncated");
    const longer = prepareText(word.repeat(limits.window_tokens * 2 + 1), options);
    const scores = await score(longer, everyTask);
    expect(scores.truncated).toEqual({ readTokens: limits.window_tokens, totalTokens: limits.window_tokens * 2 + 1 });
    if (everyTask.includes("topic"))
      expect(scores.topic?.map(({ tokens }) => tokens)).toEqual([limits.window_tokens, limits.window_tokens, 1]);
    if (everyTask.includes("slots")) expect(scores.slots).toHaveLength(limits.window_tokens);
  }, 60_000);

  test.each(["   ", "...", "🍕", "\u0301", "\u0007", "a".repeat(10_000)])("answers an odd text: %j", async (text) => {
    const scores = await score(prepareText(text, options), everyTask);
    for (const task of everyTask) expect(scores).toHaveProperty(task);
  });
});

import { describe, expect, test } from "vitest";
import type { Forward } from "../../src/engines/plan.js";
import { QueuedEngine, type ForwardScores, type Runtime } from "../../src/engines/queued.js";
import { EngineError, TextTooLongError } from "../../src/errors.js";
import type { Evidence } from "../../src/tasks/evidence.js";
import type { TaskName } from "../../src/tasks/task.js";
import { prepareText } from "../../src/text/prepare.js";
import { decoderManifest } from "../bundle/manifests.js";

/** A token a word, its length; every score is the sum of the tokens that the forward read. */
class FakeRuntime implements Runtime {
  readonly name = "llama.cpp";
  readonly limits = { maxSequences: 4, maxTokens: 64 };
  readonly batches: (readonly Forward[])[] = [];
  evidence: Evidence | undefined;
  disposed = false;

  encode({ words }: { words: readonly { start: number; end: number }[] }) {
    return { ids: words.map(({ start, end }) => end - start), words: words.map((_, i) => i) };
  }

  prompt({ ids, words }: Forward) {
    return { ids, words };
  }

  run(batch: readonly Forward[]): Promise<ForwardScores[]> {
    this.batches.push(batch);
    return Promise.resolve(batch.map((forward) => this.#score(forward)));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }

  #score({ tasks, ids, words }: Forward): ForwardScores {
    if (ids.includes(13)) throw new Error("out of memory");
    const sum = ids.includes(7) ? NaN : ids.reduce((a, b) => a + b, 0);
    return {
      ...(tasks.includes("intent") && { intent: Float32Array.of(sum) }),
      ...(tasks.includes("slots") && { slots: words.map((index) => Float32Array.of(ids[index]!)) }),
      ...(tasks.includes("topic") && { topic: Float32Array.of(sum) }),
      promptTokens: ids.length,
    };
  }
}

function open() {
  const runtime = new FakeRuntime();
  const runs: [number, number][] = [];
  const manifest = decoderManifest(); // windows of 8 tokens
  const bundle = { folder: "", manifest, path: (file: string) => file };
  const engine = new QueuedEngine(bundle, runtime, (prompts, tokens) => runs.push([prompts, tokens]));
  const score = (texts: string[], tasks: TaskName[] = ["intent", "slots", "topic"], truncate = false) =>
    engine.score(
      texts.map((text, i) => ({ text: prepareText(text, manifest.text), truncate, field: `texts[${i}]` })),
      tasks,
      new AbortController().signal,
    );
  return { engine, runtime, runs, score };
}

describe("QueuedEngine", () => {
  test("answers texts in their order, whatever shares a batch", async () => {
    const { score, runs } = open();
    const scores = await score(["a bb", "ccc", "dddd ee", "f"]);
    expect(scores.map(({ intent }) => intent?.[0])).toEqual([3, 3, 6, 1]);
    expect(scores[2]?.slots).toEqual([Float32Array.of(4), Float32Array.of(2)]);
    expect(runs).toEqual([
      [2, 4],
      [2, 2],
    ]);
  });

  test("gives the tasks that were asked for, and no others", async () => {
    const { score } = open();
    const [scores] = await score(["a bb"], ["slots"]);
    expect(scores).not.toHaveProperty("intent");
    expect(scores).not.toHaveProperty("topic");
    expect(scores?.promptTokens).toBe(2);
  });

  test("weighs the windows of a long text by their tokens", async () => {
    const { score } = open();
    const [scores] = await score(["a ".repeat(19)], ["topic"]);
    expect(scores?.topic?.map(({ tokens }) => tokens)).toEqual([8, 8, 3]);
    expect(scores?.promptTokens).toBe(19);
  });

  test("adds to the topic of every window what the whole text that was read says of it, and to no other task", async () => {
    const { score, runtime } = open();
    runtime.evidence = { scores: (ids: number[]) => Float32Array.of(100 * ids.length) } as unknown as Evidence;
    const [scores] = await score(["a ".repeat(19)], ["topic"]);
    expect(scores?.topic?.map(({ logits }) => logits[0])).toEqual([1908, 1908, 1903]);
    const [short] = await score(["a bb"]);
    expect([short?.intent?.[0], short?.topic?.[0]?.logits[0]]).toEqual([3, 203]);
  });

  test("reads the beginning of a text that may be cut", async () => {
    const { score } = open();
    const [scores] = await score(["a ".repeat(19)], ["intent", "slots"], true);
    expect(scores?.slots).toHaveLength(8);
    expect(scores?.truncated).toEqual({ readTokens: 8, totalTokens: 19 });
  });

  test("runs nothing when one of the texts is too long", async () => {
    const { score, runtime } = open();
    await expect(score(["a", "a ".repeat(19)])).rejects.toThrow(TextTooLongError);
    await expect(score(["a", "a ".repeat(19)])).rejects.toMatchObject({ field: "texts[1]" });
    expect(runtime.batches).toEqual([]);
  });

  test("tells beforehand that a text is too long, and runs nothing for that", async () => {
    const { engine, runtime } = open();
    const request = (text: string, field: string) => ({
      text: prepareText(text, engine.bundle.manifest.text),
      truncate: false,
      field,
    });
    const [short, long] = [request("a", "texts[0]"), request("a ".repeat(19), "texts[1]")];
    await expect(engine.check([short, long], ["intent"])).rejects.toMatchObject({ field: "texts[1]" });
    await expect(engine.check([short], ["intent"])).resolves.toBeUndefined();
    expect(runtime.batches).toEqual([]);
  });

  test("answers a text without words, without a run when only slots are asked for", async () => {
    const { score, runtime } = open();
    expect(await score(["..."], ["slots"])).toMatchObject([
      { slots: [], promptTokens: 0, generatedTokens: 0, queueMs: 0, inferenceMs: 0 },
    ]);
    expect(runtime.batches).toEqual([]);
  });

  test("names the engine when its runtime fails, and works on", async () => {
    const { score } = open();
    await expect(score(["a".repeat(13)])).rejects.toThrow(EngineError);
    await expect(score(["a"])).resolves.toHaveLength(1);
  });

  test("rejects scores that are no numbers, and spares the text that shared the batch", async () => {
    const { score } = open();
    const [broken, sound] = await Promise.allSettled([score(["a".repeat(7)]), score(["a"])]);
    expect(broken).toMatchObject({ status: "rejected", reason: { code: "engine_failed" } });
    expect(sound.status).toBe("fulfilled");
  });

  test("tells how long a text waited and how long it took", async () => {
    const { score } = open();
    const [first] = await score(["a", "a bb"]);
    expect(first?.queueMs).toBeGreaterThanOrEqual(0);
    expect(first?.inferenceMs).toBeGreaterThanOrEqual(0);
  });

  test("closes its runtime, and answers no more", async () => {
    const { engine, runtime, score } = open();
    await engine[Symbol.asyncDispose]();
    expect(runtime.disposed).toBe(true);
    await expect(score(["a"])).rejects.toThrow(EngineError);
  });
});

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Bundle } from "../../../src/bundle/bundle.js";
import { EnginePool } from "../../../src/classify/pool.js";
import { ClassifyRequest } from "../../../src/classify/request.js";
import { ClassifyService } from "../../../src/classify/service.js";
import { GeneratingEngine, type GeneratingRuntime } from "../../../src/engines/generate/generating.js";
import type { ForwardAnswer } from "../../../src/engines/generate/merge.js";
import type { Forward } from "../../../src/engines/plan.js";
import { Metrics } from "../../../src/metrics/metrics.js";
import type { TaskName } from "../../../src/tasks/task.js";
import { prepareText, type PreparedText } from "../../../src/text/prepare.js";
import { fakeBundle, SETTINGS } from "../../classify/fakes.js";
import { answered } from "./answered.js";

const prepare = (text: string) => prepareText(text, { nfkc: true, lowercase: true });
const EVERY: readonly TaskName[] = ["intent", "slots", "topic"];
const nobodyLeaves = new AbortController().signal;

/** Writes a token every few milliseconds, an alarm in all, and listens to the signal between two. */
class SlowRuntime implements GeneratingRuntime {
  readonly forwards: Forward[] = [];
  readonly words: (readonly string[])[] = [];
  tokens = 0;
  running = 0;
  disposed = 0;
  fault: Error | undefined;

  constructor(readonly answerTokens = 3) {}

  encode({ words }: PreparedText) {
    return { ids: words.map((_, i) => i), words: words.map((_, i) => i) };
  }

  async run(forward: Forward, words: readonly string[], signal: AbortSignal): Promise<ForwardAnswer[]> {
    this.forwards.push(forward);
    this.words.push(words);
    expect(++this.running).toBe(1);
    try {
      for (let i = 0; i < this.answerTokens; i++) {
        await sleep(2);
        signal.throwIfAborted();
        this.tokens += 1;
        if (this.fault) throw this.fault;
      }
      const answer = {
        ...(forward.tasks.includes("intent") && { intent: "alarm_set" }),
        ...(forward.tasks.includes("slots") && { slots: [] }),
        ...(forward.tasks.includes("topic") && { topic: "orbit" }),
      };
      return [answered(answer, [0.9, 0.8], [forward.ids.length, 0, this.answerTokens])];
    } finally {
      this.running -= 1;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed += 1;
    expect(this.running).toBe(0);
    return Promise.resolve();
  }
}

describe("GeneratingEngine", () => {
  const bundle = fakeBundle("single-pass that writes");
  const build = (runtime = new SlowRuntime()) => {
    const batches: [number, number][] = [];
    const observe = (prompts: number, tokens: number) => batches.push([prompts, tokens]);
    return { runtime, batches, engine: new GeneratingEngine("generate", bundle, runtime, observe) };
  };
  const request = (text: string, truncate = false, field = "text") => ({ text: prepare(text), truncate, field });

  test("answers in the order of the texts, one answer at a time", async () => {
    const { engine, runtime, batches } = build();
    const [both, third] = await Promise.all([
      engine.score([request("one two"), request("three")], EVERY, nobodyLeaves),
      engine.score([request("four five six")], ["intent"], nobodyLeaves),
    ]);
    expect(both.map(({ promptTokens }) => promptTokens)).toEqual([2, 1]);
    expect(third[0]).toMatchObject({ promptTokens: 3, generatedTokens: 3, written: { intent: { name: "alarm_set" } } });
    expect(third[0]!.written).not.toHaveProperty("topic");
    expect(runtime.forwards.map(({ ids }) => ids.length)).toEqual([2, 1, 3]);
    expect(batches).toEqual([
      [1, 2],
      [1, 1],
      [1, 3],
    ]);
    // The third waited for the two before it.
    expect(third[0]!.queueMs).toBeGreaterThan(both[1]!.inferenceMs);
    expect(both[0]!.tokenizeMs).toBeGreaterThanOrEqual(0);
  });

  test("reads the windows of a long text for its topic, and the first for the rest", async () => {
    const { engine, runtime } = build();
    const text = "word ".repeat(20); // of windows of 8
    const [found] = await engine.score([request(text, true)], EVERY, nobodyLeaves);
    expect(runtime.forwards.map(({ tasks, ids }) => [tasks, ids.length])).toEqual([
      [EVERY, 8],
      [["topic"], 8],
      [["topic"], 4],
    ]);
    expect(found).toMatchObject({
      truncated: { readTokens: 8, totalTokens: 20 },
      written: { topic: [{ name: "orbit", confidence: expect.closeTo(0.4 * 0.8 + 0.6 * 0.8) }] },
      generatedTokens: 9,
    });
  });

  test("tells the runtime the words that slots are asked of, as the prompt spells them", async () => {
    const { engine, runtime } = build();
    await engine.score([request("Wake me “NINE”!")], EVERY, nobodyLeaves);
    await engine.score([request("Wake me")], ["topic"], nobodyLeaves);
    await engine.score([request("one two three four five six seven eight nine", true)], EVERY, nobodyLeaves);
    const eight = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
    expect(runtime.words).toEqual([["wake", "me", "nine"], [], eight, []]);
  });

  test("refuses a text that is too long before anything is written", async () => {
    const { engine, runtime } = build();
    const asked = engine.score([request("fine"), request("w ".repeat(9), false, "texts[1]")], EVERY, nobodyLeaves);
    await expect(asked).rejects.toMatchObject({ code: "text_too_long", field: "texts[1]" });
    expect(runtime.forwards).toEqual([]);
  });

  test("a failure of the runtime is the engine's, and the next text is answered", async () => {
    const { engine, runtime } = build();
    runtime.fault = new Error("out of memory");
    await expect(engine.score([request("one")], EVERY, nobodyLeaves)).rejects.toMatchObject({
      code: "engine_failed",
      message: expect.stringContaining("generate"),
      cause: runtime.fault,
    });
    runtime.fault = undefined;
    await expect(engine.score([request("one")], EVERY, nobodyLeaves)).resolves.toHaveLength(1);
  });

  test("a caller who leaves stops what is written for it, and those behind it come next", async () => {
    const { engine, runtime } = build(new SlowRuntime(1000));
    const caller = new AbortController();
    const reason = new Error("gone");
    const leaving = engine.score([request("one"), request("two")], EVERY, caller.signal);
    const staying = new AbortController();
    const other = engine.score([request("a b c")], EVERY, staying.signal);
    const left = expect(leaving).rejects.toBe(reason);
    await sleep(30);
    expect(runtime.tokens).toBeGreaterThan(0);
    caller.abort(reason);
    await left;
    await sleep(30);
    expect(runtime.forwards.map(({ ids }) => ids.length)).toEqual([1, 3]); // the second text of the first was never begun
    staying.abort(reason);
    await expect(other).rejects.toBe(reason);
  });

  test("for a caller who has left nothing is begun", async () => {
    const { engine, runtime } = build();
    const reason = new Error("gone");
    await expect(engine.score([request("one")], EVERY, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(runtime.forwards).toEqual([]);
  });

  test("when it is closed what runs is finished, what waits is refused, and then the runtime is closed", async () => {
    const { engine, runtime } = build();
    const runs = engine.score([request("one")], EVERY, nobodyLeaves);
    await sleep(3);
    const waits = engine.score([request("two")], EVERY, nobodyLeaves);
    const refused = expect(waits).rejects.toMatchObject({ code: "engine_failed" });
    await engine[Symbol.asyncDispose]();
    await refused;
    await expect(runs).resolves.toHaveLength(1);
    expect([runtime.disposed, runtime.forwards.length]).toEqual([1, 1]);
    await expect(engine.score([request("three")], EVERY, nobodyLeaves)).rejects.toMatchObject({
      code: "engine_failed",
    });
  });
});

test("an answer that takes longer than timeout_ms is a 504, and no more of it is written", async () => {
  const runtime = new SlowRuntime(2000);
  const pool = new EnginePool({
    metrics: new Metrics(),
    load: (one: Bundle) => Promise.resolve([new GeneratingEngine("generate", one, runtime)]),
  });
  await pool.open({ bundles: [fakeBundle("generate")], faulty: [] });
  const service = new ClassifyService(pool, new Metrics(), { ...SETTINGS, timeoutMs: 10_000 });
  const ask = (timeout_ms: number) =>
    service.classify(ClassifyRequest.parse({ text: "at nine", timeout_ms }), {
      id: "r1",
      startedAt: performance.now(),
      signal: nobodyLeaves,
    });
  await expect(ask(50)).rejects.toMatchObject({ code: "deadline_exceeded", status: 504 });
  await sleep(20); // the token that was being written
  const { tokens } = runtime;
  expect(tokens).toBeLessThan(40);
  await sleep(100);
  expect([runtime.tokens, runtime.running]).toEqual([tokens, 0]);
  await expect(ask(30)).rejects.toMatchObject({ code: "deadline_exceeded" });
  expect(runtime.forwards).toHaveLength(2); // the first stands in nobody's way
  await pool[Symbol.asyncDispose]();
  expect(runtime.disposed).toBe(1);
});

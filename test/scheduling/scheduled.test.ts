import { describe, expect, test, vi } from "vitest";
import type { ScoreRequest } from "../../src/engines/engine.js";
import { EngineError } from "../../src/errors.js";
import { setDeadline } from "../../src/scheduling/deadline.js";
import { ScheduledEngine, type RefusalReason } from "../../src/scheduling/scheduled.js";
import { prepareText } from "../../src/text/prepare.js";
import { fakeBundle, FakeEngine } from "../classify/fakes.js";

const LIMITS = { maxRequests: 2, maxTokens: 1000 };

/** An engine that begins texts as it is given them, and ends each when it is told to. */
class SteppedEngine extends FakeEngine {
  readonly places = 2;
  check: () => Promise<void> = () => Promise.resolve();
  readonly #ends = new Map<string, () => void>();

  override async score(...[requests, tasks, signal]: Parameters<FakeEngine["score"]>) {
    const text = requests[0]!.text.text;
    this.before = () => new Promise((resolve) => this.#ends.set(text, resolve));
    const scores = super.score(requests, tasks, signal);
    return text.startsWith("bad") ? scores.then(() => Promise.reject(new EngineError("single-pass", "!"))) : scores;
  }

  get begun(): string[] {
    return this.calls.flatMap(({ texts }) => texts);
  }

  async end(...texts: string[]): Promise<void> {
    for (const text of texts) {
      await vi.waitFor(() => {
        if (!this.#ends.has(text)) throw new Error(`${text} has not begun`);
      });
      this.#ends.get(text)!();
      this.#ends.delete(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function requestsOf(texts: readonly string[], truncate = false): ScoreRequest[] {
  return texts.map((text, i) => ({
    text: prepareText(text, { nfkc: true, lowercase: true }),
    truncate,
    field: `texts[${i}]`,
  }));
}

function open(limits = LIMITS) {
  const inner = new SteppedEngine(fakeBundle("single-pass"));
  const refusals: RefusalReason[] = [];
  const onClosed = vi.fn();
  const engine = new ScheduledEngine(inner, limits, { onRefusal: (reason) => refusals.push(reason), onClosed });
  const score = (texts: string[], signal = new AbortController().signal) =>
    engine.score(requestsOf(texts), ["intent"], signal);
  const level = () => [engine.queue.requests, engine.queue.tokens, engine.queue.running];
  return { inner, engine, score, refusals, level, onClosed };
}

describe("ScheduledEngine", () => {
  test("gives the engine as many texts as it has places for, one by one, and answers in their order", async () => {
    const { inner, score, level } = open();
    const answer = score(["a", "b b", "c"]);
    await inner.end("b b");
    expect(inner.begun).toEqual(["a", "b b", "c"]);
    await inner.end("c", "a");
    const scores = await answer;
    expect(scores.map(({ promptTokens }) => promptTokens)).toEqual([4, 5, 4]);
    expect(inner.calls.every(({ texts, tasks }) => texts.length === 1 && tasks[0] === "intent")).toBe(true);
    expect(level()).toEqual([0, 0, 0]);
  });

  test("a small request does not wait behind the whole of a large one", async () => {
    const { inner, score } = open();
    const large = score(["a", "b", "c", "d", "e"]);
    const small = score(["s"]);
    await inner.end("a", "b");
    expect(inner.begun).toEqual(["a", "b", "c", "s"]);
    await inner.end("s");
    await expect(small).resolves.toHaveLength(1);
    await inner.end("c", "d", "e");
    await expect(large).resolves.toHaveLength(5);
  });

  test("tells how long a text waited for its turn, and the request's whole time for tokens", async () => {
    const { inner, score } = open();
    const others = score(["a", "b"]);
    const answer = score(["c", "d"]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await inner.end("a", "b", "c", "d");
    await others;
    const scores = await answer;
    expect(Math.min(...scores.map(({ queueMs }) => queueMs))).toBeGreaterThanOrEqual(19 + 1); // 1 ms in the engine
    expect(scores.map(({ tokenizeMs }) => tokenizeMs)).toEqual([1, 1]); // 0.5 each
  });

  test("refuses what has no place with a 429 that says when to come back, and takes the next when there is room", async () => {
    const { inner, score, refusals } = open();
    const answers = ["a", "b", "c", "d"].map((text) => score([text]));
    await expect(score(["e"])).rejects.toMatchObject({
      code: "overloaded",
      status: 429,
      details: { reason: "requests", retry_after_ms: expect.any(Number) as number },
    });
    expect(refusals).toEqual(["requests"]);
    await inner.end("a");
    answers.push(score(["f"]));
    await inner.end("b", "c", "d", "f");
    await expect(Promise.all(answers)).resolves.toHaveLength(5);
  });

  test("what expires while it waits never reaches the engine, and is answered with a 504", async () => {
    const { inner, score, refusals, level } = open();
    const running = [score(["a"]), score(["b"])];
    const { signal } = new AbortController();
    setDeadline(signal, performance.now() + 5);
    const late = score(["late"], signal);
    const lateOutcome = expect(late).rejects.toMatchObject({ code: "deadline_exceeded", status: 504 });
    await new Promise((resolve) => setTimeout(resolve, 10));
    await inner.end("a", "b");
    await lateOutcome;
    await Promise.all(running);
    expect(inner.begun).toEqual(["a", "b"]);
    expect(refusals).toEqual(["expired"]);
    expect(level()).toEqual([0, 0, 0]);
  });

  test("a request that can't be answered in time is refused at once", async () => {
    const { inner, score, refusals } = open();
    const first = score(["first"]);
    await new Promise((resolve) => setTimeout(resolve, 20)); // what a text takes, as far as is known
    await inner.end("first");
    await first;
    const answers = ["a", "b", "c"].map((text) => score([text]));
    const { signal } = new AbortController();
    setDeadline(signal, performance.now() + 2);
    await expect(score(["late"], signal)).rejects.toMatchObject({
      code: "deadline_exceeded",
      details: { reason: "deadline" },
    });
    expect(refusals).toEqual(["deadline"]);
    await inner.end("a", "b", "c");
    await Promise.all(answers);
  });

  test("who leaves frees the place at once, and disturbs no other", async () => {
    const { inner, score, level } = open();
    const running = [score(["a"]), score(["b"])];
    const leaver = new AbortController();
    const leaving = score(["x", "y"], leaver.signal);
    const staying = score(["c"]);
    await expect(score(["d"])).rejects.toMatchObject({ code: "overloaded" });
    leaver.abort(new Error("gone"));
    await expect(leaving).rejects.toThrow("gone");
    const late = score(["d"]);
    await inner.end("a", "b", "c", "d");
    await Promise.all([...running, staying, late]);
    expect(inner.begun).toEqual(["a", "b", "c", "d"]);
    expect(level()).toEqual([0, 0, 0]);
  });

  test("who leaves while a text runs is let go at once; its place is free when that text has ended", async () => {
    const { inner, score, level } = open();
    const leaver = new AbortController();
    const leaving = score(["x", "y", "z"], leaver.signal);
    leaver.abort(new Error("gone"));
    await expect(leaving).rejects.toThrow("gone");
    const staying = score(["c"]);
    expect(inner.begun).toEqual(["x", "y"]);
    await inner.end("x", "c", "y");
    await staying;
    expect(inner.begun).toEqual(["x", "y", "c"]);
    expect(level()).toEqual([0, 0, 0]);
  });

  test("when a text fails, what is left of its request does not run, and the others' texts do", async () => {
    const { inner, score, level } = open();
    const broken = score(["bad", "b", "c", "d"]);
    const outcome = expect(broken).rejects.toThrow(EngineError);
    const sound = score(["s"]);
    await inner.end("bad", "b", "s");
    await outcome;
    await sound;
    expect(inner.begun).not.toContain("d");
    await inner.end(...inner.begun.filter((text) => text === "c"));
    expect(level()).toEqual([0, 0, 0]);
  });

  test("looks at the lengths of several texts before the first one runs", async () => {
    const { inner, engine } = open();
    const long = requestsOf(["a", "one two three four five six seven eight nine"]);
    inner.check = () => Promise.reject(new EngineError("single-pass", "too long"));
    const signal = new AbortController().signal;
    await expect(engine.score(long, ["intent"], signal)).rejects.toThrow(EngineError);
    expect(inner.begun).toEqual([]);
    const short = engine.score(requestsOf(["a", "b"]), ["intent"], signal); // can't be too long: not looked at
    await inner.end("a", "b");
    await expect(short).resolves.toHaveLength(2);
  });

  test("a text that is too long is named by its place in the request", async () => {
    const { engine } = open();
    const [, long] = requestsOf(["a", "one two three four five six seven eight nine"]);
    await expect(engine.score([long!], ["intent"], new AbortController().signal)).rejects.toMatchObject({
      code: "text_too_long",
      field: "texts[1]",
    });
  });

  test("closes when all that it has taken is answered, and takes no more", async () => {
    const { inner, engine, score, onClosed } = open();
    const answers = ["a", "b", "c"].map((text) => score([text]));
    const closing = engine[Symbol.asyncDispose]();
    await expect(score(["late"])).rejects.toThrow(EngineError);
    await inner.end("a", "b");
    expect([inner.disposed, onClosed.mock.calls.length]).toEqual([0, 0]);
    await inner.end("c");
    await closing;
    await expect(Promise.all(answers)).resolves.toHaveLength(3);
    expect([inner.disposed, onClosed.mock.calls.length]).toEqual([1, 1]);
  });

  test("an idle one closes at once", async () => {
    const { inner, engine } = open();
    await engine[Symbol.asyncDispose]();
    expect(inner.disposed).toBe(1);
  });
});

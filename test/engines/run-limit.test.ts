import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ScoreRequest } from "../../src/engines/engine.js";
import { RunLimitedEngine } from "../../src/engines/run-limit.js";
import { EngineError } from "../../src/errors.js";
import { prepareText } from "../../src/text/prepare.js";
import { fakeBundle, FakeEngine } from "../classify/fakes.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const REQUEST: ScoreRequest = {
  text: prepareText("nine am", { nfkc: true, lowercase: true }),
  truncate: false,
  field: "text",
};

function build() {
  const inner = new FakeEngine(fakeBundle("single-pass"));
  const engine = new RunLimitedEngine(inner, 100);
  const caller = new AbortController();
  return { inner, caller, run: () => engine.score([REQUEST], ["intent"], caller.signal) };
}

/** Goes on whatever its signal says, as native code does; tells the signal. */
function hang(inner: FakeEngine): Promise<AbortSignal> {
  return new Promise((resolve) => {
    inner.before = (signal) => {
      resolve(signal);
      return new Promise(() => undefined);
    };
  });
}

test("a run that ends in time is as the engine's own", async () => {
  const { inner, run } = build();
  inner.before = () => new Promise((resolve) => setTimeout(resolve, 99));
  const scores = run();
  await vi.advanceTimersByTimeAsync(99);
  expect(await scores).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("a run that takes longer has failed, and the engine is told to stop", async () => {
  const { inner, run } = build();
  const told = hang(inner);
  const scores = run().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(99);
  expect((await told).aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await scores).toBeInstanceOf(EngineError);
  expect((await told).aborted).toBe(true);
});

test("a caller who leaves stops what can be stopped; what runs keeps its place until it ends", async () => {
  const { inner, caller, run } = build();
  let end: () => void = () => undefined;
  inner.before = () => new Promise((resolve) => (end = resolve));
  let settled = false;
  const scores = run().finally(() => (settled = true));
  caller.abort(new Error("gone"));
  await vi.advanceTimersByTimeAsync(10);
  expect(settled).toBe(false);
  end();
  await scores;

  const waiting = build();
  waiting.inner.before = (signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        reject(signal.reason as Error);
      });
    });
  const left = waiting.run().catch((error: unknown) => error);
  waiting.caller.abort(new Error("gone"));
  expect(await left).toMatchObject({ message: "gone" });
});

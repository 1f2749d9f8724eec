import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { OnepassError } from "../../src/errors.js";
import { ALL, failure, fakeService } from "./fake-service.js";
import type { FakeEngine } from "./fakes.js";

const RESET_MS = 2_000;
const SETTINGS = { breakerFailures: 3, breakerResetMs: RESET_MS, breakerTimeoutMs: 500, timeoutMs: 30_000 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function build(settings: Partial<typeof SETTINGS> = {}) {
  const fake = await fakeService(ALL, {}, { ...SETTINGS, ...settings });
  const own = fake.engine("single-pass");
  const failing = async (times: number) => {
    own.before = failure;
    for (let i = 0; i < times; i++) await fake.ask({ text: "nine" });
  };
  const reasons = async (requests: number) => {
    const answers = [];
    for (let i = 0; i < requests; i++) answers.push((await fake.ask({ text: "nine" })).fallback?.reason);
    return answers;
  };
  const metric = async (name: string) => {
    const text = await fake.metrics.registry.metrics();
    return text.split("\n").find((line) => line.startsWith(`${name}{`) && line.includes('model="single-pass@1.0.0"'));
  };
  return { ...fake, own, failing, reasons, metric };
}

/** Runs until it is told to answer. */
function hold(engine: FakeEngine): () => void {
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  engine.before = () => held;
  return answer;
}

const heals = () => Promise.resolve();

test("an engine that keeps failing is left alone, and the fallback answers at once", async () => {
  const { own, failing, reasons, observer, metric } = await build();
  await failing(2);
  expect(await metric("onepass_breaker_state")).toMatch(/ 0$/);
  await failing(1);
  expect(await reasons(2)).toEqual(["breaker_open", "breaker_open"]);
  expect(own.calls).toHaveLength(3);
  expect(observer.onBreaker).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ model: "single-pass@1.0.0" }),
    "open",
  );
  expect(await metric("onepass_breaker_state")).toMatch(/ 2$/);
  expect(await metric("onepass_breaker_refusals_total")).toMatch(/ 2$/);
  expect(await metric("onepass_breaker_transitions_total")).toMatch(/state="open"} 1$/);
});

test("without a fallback an open breaker is a 503", async () => {
  const { ask, failing } = await build();
  await failing(3);
  await expect(ask({ text: "nine", fallback: "never" })).rejects.toMatchObject({ code: "breaker_open", status: 503 });
});

test("failures that are not in a row don't open it", async () => {
  const { own, failing, reasons } = await build();
  for (let round = 0; round < 3; round++) {
    await failing(2);
    own.before = heals;
    expect(await reasons(1)).toEqual([undefined]);
  }
});

test.each([
  ["an overload", () => Promise.reject(new OnepassError("overloaded", 429, "Full."))],
  ["a fault of the caller", () => Promise.reject(new OnepassError("text_too_long", 413, "Too long."))],
])("%s neither opens a breaker nor breaks a row of failures", async (_name, before) => {
  const { ask, own, failing, reasons } = await build();
  await failing(2);
  own.before = before;
  for (let i = 0; i < 5; i++) await ask({ text: "nine", fallback: "never" }).catch(() => undefined);
  expect(own.calls).toHaveLength(7);
  await failing(1);
  expect(await reasons(1)).toEqual(["breaker_open"]);
});

test("callers who leave don't open a breaker, even if the engine goes on", async () => {
  const { ask, own, reasons } = await build();
  const answer = hold(own);
  const callers = Array.from({ length: 5 }, () => new AbortController());
  const asked = callers.map(({ signal }) => ask({ text: "nine" }, signal).catch((error: unknown) => error));
  await vi.advanceTimersByTimeAsync(20_000);
  for (const caller of callers) caller.abort(new OnepassError("client_closed_request", 499, "Gone."));
  await Promise.all(asked);
  await vi.advanceTimersByTimeAsync(10);
  answer();
  expect(await reasons(1)).toEqual([undefined]);
});

test.each([
  ["an engine that hangs until requests are out of time has failed", 600, "breaker_open"],
  ["a deadline that is shorter than the engine may take says nothing of it", 100, undefined],
])("%s", async (_name, timeout_ms, reason) => {
  const { ask, own, reasons } = await build();
  const answer = hold(own);
  const asked = [1, 2, 3].map(() => ask({ text: "nine", timeout_ms }).catch((error: unknown) => error));
  await vi.advanceTimersByTimeAsync(700);
  for (const error of await Promise.all(asked)) expect(error).toMatchObject({ code: "deadline_exceeded" });
  answer();
  expect(await reasons(1)).toEqual([reason]);
});

test("a request that waited in a queue until its time was over does not count", async () => {
  const { ask, own, reasons } = await build();
  own.before = (signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        reject(signal.reason as Error);
      });
    });
  const asked = [1, 2, 3].map(() => ask({ text: "nine", timeout_ms: 600 }).catch(() => undefined));
  await vi.advanceTimersByTimeAsync(700);
  await Promise.all(asked);
  own.before = heals;
  expect(await reasons(1)).toEqual([undefined]);
});

test("after a while one request probes the engine while the fallback answers the others; an answer closes the breaker", async () => {
  const { ask, own, failing, reasons, metric } = await build();
  await failing(3);
  await vi.advanceTimersByTimeAsync(RESET_MS - 1);
  expect(await reasons(1)).toEqual(["breaker_open"]);
  await vi.advanceTimersByTimeAsync(1);
  const answer = hold(own);
  const probe = ask({ text: "nine" });
  expect(await metric("onepass_breaker_state")).toMatch(/ 1$/);
  expect(await reasons(3)).toEqual(["breaker_open", "breaker_open", "breaker_open"]);
  expect(own.calls).toHaveLength(4);
  answer();
  expect(await probe).toMatchObject({ engine: "single-pass", fallback: null });
  expect(await reasons(2)).toEqual([undefined, undefined]);
  expect(await metric("onepass_breaker_state")).toMatch(/ 0$/);
});

test.each([
  ["fails", failure],
  ["is refused", () => Promise.reject(new OnepassError("overloaded", 429, "Full."))],
])("a probe that %s leaves the breaker open for as long again", async (_name, before) => {
  const { ask, own, failing, reasons } = await build();
  await failing(3);
  await vi.advanceTimersByTimeAsync(RESET_MS);
  own.before = before;
  await ask({ text: "nine" });
  own.before = heals;
  await vi.advanceTimersByTimeAsync(RESET_MS - 1);
  expect(await reasons(1)).toEqual(["breaker_open"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await reasons(1)).toEqual([undefined]);
});

test("a probe whose caller leaves does not hold the breaker", async () => {
  const { ask, own, failing, reasons } = await build();
  await failing(3);
  await vi.advanceTimersByTimeAsync(RESET_MS);
  hold(own);
  const caller = new AbortController();
  const probe = ask({ text: "nine" }, caller.signal).catch(() => undefined);
  caller.abort(new OnepassError("client_closed_request", 499, "Gone."));
  await probe;
  own.before = heals;
  await vi.advanceTimersByTimeAsync(RESET_MS + 1);
  expect(await reasons(1)).toEqual([undefined]);
});

test("each engine has its own breaker, the fallback too", async () => {
  const { ask, engine, failing } = await build();
  await failing(3);
  engine("dual-encoder").before = failure;
  for (let i = 0; i < 3; i++) await ask({ text: "nine" }).catch(() => undefined);
  await expect(ask({ text: "nine", fallback: "only" })).rejects.toMatchObject({ code: "breaker_open" });
  expect(engine("dual-encoder").calls).toHaveLength(3 + 3);
  await expect(ask({ text: "nine", engine: "joint-encoder" })).resolves.toMatchObject({ fallback: null });
});

test("zero failures are a breaker that never opens", async () => {
  const { failing, reasons, own } = await build({ breakerFailures: 0 });
  await failing(20);
  expect(await reasons(1)).toEqual(["engine_failed"]);
  expect(own.calls).toHaveLength(21);
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import { RunLimitedEngine } from "../../src/engines/run-limit.js";
import { OnepassError, OverloadedError } from "../../src/errors.js";
import { Metrics } from "../../src/metrics/metrics.js";
import { Scheduling } from "../../src/scheduling/scheduling.js";
import { ALL, failure, fakeService } from "./fake-service.js";
import { FakeEngine, fakeEngines } from "./fakes.js";

const RESET_MS = 2_000;
const SETTINGS = { breakerFailures: 3, breakerResetMs: RESET_MS, timeoutMs: 30_000 };

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
  ["an overload", () => Promise.reject(new OverloadedError("requests", 100))],
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

test("requests that run out of time don't open it: how much they have is the callers' choice", async () => {
  const { ask, own, reasons } = await build();
  const answer = hold(own);
  const asked = [1, 2, 3, 4, 5].map(() => ask({ text: "nine", timeout_ms: 100 }).catch((error: unknown) => error));
  await vi.advanceTimersByTimeAsync(100);
  for (const error of await Promise.all(asked)) expect(error).toMatchObject({ code: "deadline_exceeded" });
  answer();
  expect(await reasons(1)).toEqual([undefined]);
});

test("an engine that hangs is answered for by the fallback, and left alone when it does so again and again", async () => {
  const own = new FakeEngine(ALL[0]);
  own.before = () => new Promise(() => undefined);
  const metrics = new Metrics();
  const scheduling = new Scheduling({ queueRequests: 10, queueTokens: 1_000, cacheBytes: 0 }, metrics);
  const load = (bundle: Bundle) => {
    const engines = bundle === ALL[0] ? [own] : fakeEngines(bundle);
    return Promise.resolve(engines.map((engine) => scheduling.over(new RunLimitedEngine(engine, 500))));
  };
  const { ask } = await fakeService(ALL, { load }, SETTINGS);
  const asked = [1, 2, 3, 4].map(() => ask({ text: "nine" }));
  await vi.advanceTimersByTimeAsync(500);
  for (const answer of await Promise.all(asked)) expect(answer.fallback?.reason).toBe("engine_failed");
  expect((await ask({ text: "nine" })).fallback?.reason).toBe("breaker_open");
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
  ["is refused", () => Promise.reject(new OverloadedError("requests", 100))],
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

import { expect, test, vi } from "vitest";
import type { ScoreRequest } from "../../src/engines/engine.js";
import { AnswerCache, CachedEngine } from "../../src/scheduling/cache.js";
import type { TaskName } from "../../src/tasks/task.js";
import { prepareText } from "../../src/text/prepare.js";
import { fakeBundle, FakeEngine } from "../classify/fakes.js";

const requestOf = (text: string, truncate = false): ScoreRequest => ({
  text: prepareText(text, { nfkc: true, lowercase: true }),
  truncate,
  field: "text",
});
const never = new AbortController().signal;

function open(maxBytes = 1e6, inner = new FakeEngine(fakeBundle("single-pass"))) {
  const observer = { hit: vi.fn(), miss: vi.fn(), evicted: vi.fn() };
  const cache = new AnswerCache(maxBytes, observer);
  const engine = new CachedEngine(inner, cache);
  const score = (texts: string[], tasks: TaskName[] = ["intent", "slots"], truncate = false) =>
    engine.score(
      texts.map((text) => requestOf(text, truncate)),
      tasks,
      never,
    );
  const counts = () => [observer.hit, observer.miss, observer.evicted].map(({ mock }) => mock.calls.length);
  return { inner, cache, engine, score, counts };
}

test("a text that was asked before is answered without the engine, with the same scores", async () => {
  const { inner, score, counts } = open();
  const [first] = await score(["at nine am"]);
  const [again] = await score(["at nine am"]);
  expect(inner.calls).toHaveLength(1);
  expect(again).toMatchObject({
    intent: (first as { intent: unknown }).intent,
    slots: (first as { slots: unknown }).slots,
  });
  expect(counts()).toEqual([1, 1, 0]);
});

test("a hit tells what it took itself, not what the first answer took", async () => {
  const { score } = open();
  const [first] = await score(["at nine am"]);
  expect(first).toMatchObject({ promptTokens: 6, cachedTokens: 0, queueMs: 1, inferenceMs: 2 });
  expect(first).not.toHaveProperty("cached");
  const [again] = await score(["at nine am"]);
  expect(again).toMatchObject({ cached: true, promptTokens: 6, cachedTokens: 6 });
  expect(again).toMatchObject({ tokenizeMs: 0, queueMs: 0, inferenceMs: 0, generatedTokens: 0 });
});

test("of several texts the engine is asked only for those that are not known, and all keep their order", async () => {
  const { inner, score } = open();
  await score(["b b"]);
  const scores = await score(["a", "b b", "c c c"]);
  expect(inner.calls[1]?.texts).toEqual(["a", "c c c"]);
  expect(scores.map(({ promptTokens }) => promptTokens)).toEqual([4, 5, 6]);
  expect(scores.map(({ cached = false }) => cached)).toEqual([false, true, false]);
});

test("other tasks, another cut or another spelling of a text is another question", async () => {
  const { inner, score } = open();
  await score(["nine"], ["intent"]);
  await score(["nine"], ["intent", "slots"]);
  await score(["nine"], ["intent"], true);
  await score(["Nine"], ["intent"]);
  expect(inner.calls).toHaveLength(4);
  await score(["nine"], ["slots", "intent"]); // the order of tasks is nothing
  expect(inner.calls).toHaveLength(4);
});

test("two models, two versions or two engines of a model never share an answer", async () => {
  const { cache } = open();
  const engines = [
    new FakeEngine(fakeBundle("single-pass")),
    new FakeEngine(fakeBundle("single-pass", { version: "1.0.1" })),
    new FakeEngine(fakeBundle("single-pass", { name: "other" })),
    new FakeEngine(fakeBundle("single-pass that writes"), "generate"),
    new FakeEngine(fakeBundle("single-pass that writes"), "dual-decoder"),
  ];
  for (const inner of engines) await new CachedEngine(inner, cache).score([requestOf("nine")], ["intent"], never);
  expect(engines.map(({ calls }) => calls.length)).toEqual([1, 1, 1, 1, 1]);
});

test("what a model has written is kept, too", async () => {
  const { inner, score } = open(1e6, new FakeEngine(fakeBundle("generate")));
  await score(["at nine am"]);
  const [again] = await score(["at nine am"]);
  expect(inner.calls).toHaveLength(1);
  expect(again).toMatchObject({ cached: true, generatedTokens: 0, written: { intent: { name: "alarm_set" } } });
});

test("it never holds more bytes than it may: the answer that was used least recently goes", async () => {
  const { cache, inner, score, counts } = open(1500);
  await score(["a"]);
  await score(["b"]);
  await score(["a"]);
  await score(["c"]);
  expect(cache.bytes).toBeLessThanOrEqual(1500);
  expect(counts()[2]).toBeGreaterThan(0);
  const before = inner.calls.length;
  await score(["a"]);
  expect(inner.calls).toHaveLength(before);
  await score(["b"]);
  expect(inner.calls).toHaveLength(before + 1);
});

test("a failure is not kept", async () => {
  const { inner, score } = open();
  inner.before = () => Promise.reject(new Error("out of memory"));
  await expect(score(["nine"])).rejects.toThrow("out of memory");
  inner.before = () => Promise.resolve();
  await expect(score(["nine"])).resolves.toHaveLength(1);
});

import { expect, test } from "vitest";
import { ClassifyRequest } from "../../src/classify/request.js";
import { fakeService, WRITING } from "./fake-service.js";

test("the times are those of the engine, and the service's own before and after it", async () => {
  const { ask, engine } = await fakeService();
  engine("single-pass").before = () => new Promise((resolve) => setTimeout(resolve, 300));
  const { timing_ms: times } = await ask({ text: "nine am ".repeat(4) });
  expect(times).toMatchObject({ queue: 1, inference: 2 });
  // The engine says 0.5 ms for its part; the service has cut the text before. The wait is in none of them.
  expect(times.tokenize).toBeGreaterThan(0.5);
  expect(times.tokenize).toBeLessThan(300);
  expect(times.decode).toBeGreaterThan(0);
  expect(times.decode).toBeLessThan(300);
  expect(times.total).toBeGreaterThanOrEqual(299);
});

test("texts that ran side by side are timed from the first start to the last end", async () => {
  const { ask, engine } = await fakeService();
  const own = engine("single-pass");
  const score = own.score.bind(own);
  own.score = async (...given) => {
    const [first, second] = await score(...given);
    return [
      { ...first!, tokenizeMs: 4, queueMs: 3, inferenceMs: 5 },
      { ...second!, tokenizeMs: 4, queueMs: 6, inferenceMs: 7 },
    ];
  };
  const { timing_ms: times } = await ask({ texts: ["a", "b"] });
  expect(times).toMatchObject({ queue: 3, inference: 10 });
  expect(times.tokenize).toBeGreaterThanOrEqual(4); // one figure for all texts of the request, not their sum
  expect(times.tokenize).toBeLessThan(8);
});

test("the total begins when the request arrived", async () => {
  const { service } = await fakeService();
  const request = ClassifyRequest.parse({ text: "hi" });
  const { signal } = new AbortController();
  const answer = await service.classify(request, { id: "r1", startedAt: performance.now() - 500, signal });
  expect(answer.timing_ms.total).toBeGreaterThanOrEqual(500);
});

test("when no value was dropped, none is counted", async () => {
  const { ask } = await fakeService([WRITING]);
  const { usage } = await ask({ text: "nine am", engine: "dual-decoder" });
  expect(usage).toEqual({ prompt_tokens: 5, cached_tokens: 2, generated_tokens: 7 });
});

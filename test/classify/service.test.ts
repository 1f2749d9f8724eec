import { expect, test } from "vitest";
import { EngineError } from "../../src/errors.js";
import { fakeService } from "./fake-service.js";

test("a text is answered with everything that the model knows", async () => {
  const { ask } = await fakeService();
  const answer = await ask({ text: "🎺 at nine am", top_k: 2 });
  expect(answer).toEqual({
    id: "r1",
    model: "single-pass@1.0.0",
    engine: "single-pass",
    fallback: null,
    text: "🎺 at nine am",
    intent: { name: "alarm_set", confidence: 0.6 },
    intent_ranking: [
      { name: "alarm_set", confidence: 0.6 },
      { name: "play_music", confidence: 0.3 },
    ],
    slots: [{ name: "time", value: "nine am", start: 6, end: 13, confidence: expect.closeTo(0.9995, 3) as number }],
    topic: { name: "orbit", group: "sci", confidence: 0.8 },
    topic_ranking: [
      { name: "orbit", group: "sci", confidence: 0.8 },
      { name: "puck", group: "rec", confidence: 0.1 },
    ],
    usage: { prompt_tokens: 6, cached_tokens: 0, generated_tokens: 0 },
    timing_ms: {
      tokenize: expect.any(Number) as number,
      queue: 1,
      inference: 2,
      decode: expect.any(Number) as number,
      total: expect.any(Number) as number,
    },
  });
});

test("several texts are answered in order, by one call of the engine", async () => {
  const { ask, engine } = await fakeService();
  const answer = await ask({ texts: ["nine", "one two"], tasks: ["slots"] });
  expect(answer).toMatchObject({
    results: [
      { text: "nine", slots: [{ value: "nine" }] },
      { text: "one two", slots: [] },
    ],
    usage: { prompt_tokens: 9 },
  });
  expect(answer).not.toHaveProperty("text");
  expect(engine("single-pass").calls).toEqual([{ texts: ["nine", "one two"], tasks: ["slots"] }]);
});

test("a text in a list of one is answered as a list", async () => {
  const { ask } = await fakeService();
  await expect(ask({ texts: ["nine"] })).resolves.toHaveProperty("results.length", 1);
});

test("tasks that are not asked for are absent", async () => {
  const { ask } = await fakeService();
  const answer = await ask({ text: "nine", tasks: ["topic"] });
  expect(answer).not.toHaveProperty("intent");
  expect(answer).not.toHaveProperty("slots");
  expect(answer).toHaveProperty("topic");
});

test("an answer that takes too long is a 504, also when the fallback could answer", async () => {
  const { ask, engine } = await fakeService();
  engine("single-pass").before = (signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        reject(new EngineError("single-pass", signal.reason));
      });
    });
  await expect(ask({ text: "nine", timeout_ms: 5 })).rejects.toMatchObject({ code: "deadline_exceeded", status: 504 });
  expect(engine("dual-encoder").calls).toEqual([]);
});

import { expect, test } from "vitest";
import { fakeService, REJECTING, WRITING } from "./fake-service.js";
import { fakeBundle } from "./fakes.js";

test("offsets come in code points when asked for", async () => {
  const { ask } = await fakeService();
  await expect(ask({ text: "🎺 at nine am", offsets: "code_points" })).resolves.toMatchObject({
    slots: [{ value: "nine am", start: 5, end: 12 }],
  });
});

test.each([
  [0.5, { intent: { name: "alarm_set" }, out_of_scope: false }],
  [0.7, { intent: null, intent_ranking: [{ name: "alarm_set" }, {}, {}], out_of_scope: true }],
])("with a threshold of %f the intent of confidence 0.6 is judged", async (oos_threshold, expected) => {
  const { ask } = await fakeService();
  await expect(ask({ text: "hi", oos_threshold })).resolves.toMatchObject(expected);
});

test("a bundle that rejects judges one text and several alike, scored or written", async () => {
  const { ask, engine } = await fakeService([
    fakeBundle("single-pass that writes", { name: "clinc", tasks: REJECTING }),
  ]);
  const judged = { intent: { name: "alarm_set", confidence: 0.6 }, out_of_scope: false, out_of_scope_score: 0.4 };
  await expect(ask({ text: "hi" })).resolves.toMatchObject(judged);
  await expect(ask({ texts: ["hi", "ho"] })).resolves.toMatchObject({ results: [judged, judged] });
  await expect(ask({ text: "hi", engine: "generate" })).resolves.toMatchObject(judged);
  engine("clinc", "single-pass").intent = [Math.log(3), 0, Math.log(6)]; // oos 0.6, alarm_set 0.3
  await expect(ask({ text: "hi" })).resolves.toMatchObject({
    intent: null,
    intent_ranking: [{ name: "alarm_set", confidence: 0.3 }, { name: "play_music" }],
    out_of_scope: true,
    out_of_scope_score: 0.7,
  });
});

test("a text that was cut says how much was read", async () => {
  const { ask } = await fakeService();
  const text = "one two three four five six seven eight nine am";
  await expect(ask({ text })).rejects.toMatchObject({ code: "text_too_long", status: 413, field: "text" });
  await expect(ask({ text, truncate: true })).resolves.toMatchObject({
    truncated: { read_tokens: 8, total_tokens: 10 },
  });
});

test("a written answer is told as a scored one, with what was written and dropped", async () => {
  const { ask } = await fakeService([WRITING]);
  const answer = await ask({ texts: ["🎺 at nine am", "at ten"], engine: "generate", offsets: "code_points" });
  expect(answer).toMatchObject({
    engine: "generate",
    results: [
      {
        intent: { name: "alarm_set", confidence: 0.6 },
        intent_ranking: [{ name: "alarm_set", confidence: 0.6 }],
        slots: [{ name: "time", value: "nine am", start: 5, end: 12, confidence: 0.9 }],
        topic: { name: "orbit", group: "sci", confidence: 0.8 },
        topic_ranking: [{ name: "orbit", group: "sci", confidence: 0.8 }],
      },
      { slots: [] },
    ],
  });
  expect(answer.usage).toEqual({ prompt_tokens: 11, cached_tokens: 4, generated_tokens: 14, dropped_slots: 1 });
});

test("scores that are no numbers are a failure of the engine", async () => {
  const { ask, engine } = await fakeService();
  engine("single-pass").intent = [Number.NaN, 0, 0];
  await expect(ask({ text: "nine", fallback: "never" })).rejects.toMatchObject({ code: "engine_failed" });
  await expect(ask({ text: "nine" })).resolves.toMatchObject({ fallback: { reason: "engine_failed" } });
});

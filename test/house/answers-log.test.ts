import { pino } from "pino";
import { expect, test } from "vitest";
import { ClassifyRequest } from "../../src/classify/request.js";
import { ClassifyService } from "../../src/classify/service.js";
import { answersLog } from "../../src/house/answers-log.js";
import { KeptTexts } from "../../src/logging/texts.js";
import { fakePool, SETTINGS } from "../classify/fakes.js";

/** The lines that a service writes about a request. */
async function linesOf(share: number, request: object) {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const { pool, metrics } = await fakePool();
  const onAnswer = answersLog(new KeptTexts(share), logger);
  const service = new ClassifyService(pool, metrics, SETTINGS, { onAnswer });
  const signal = new AbortController().signal;
  await service.classify(ClassifyRequest.parse(request), { id: "r1", startedAt: performance.now(), signal });
  return lines;
}

test("an answer's texts are written with the intents that they were answered with", async () => {
  const [line, ...others] = await linesOf(1, { texts: ["at nine am", "call 555 010 9999"], tasks: ["intent"] });
  expect(others).toEqual([]);
  expect(line).toMatchObject({
    request_id: "r1",
    model: "single-pass@1.0.0",
    texts: ["at nine am", "call [number]"],
    intents: ["alarm_set", "alarm_set"],
  });
});

test("a text out of scope has no intent", async () => {
  expect(await linesOf(1, { text: "hi", oos_threshold: 0.9 })).toMatchObject([{ intents: [null] }]);
});

test("without the opt-in no line is written", async () => {
  expect(await linesOf(0, { text: "at nine am" })).toEqual([]);
});

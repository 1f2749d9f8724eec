import { expect, test } from "vitest";
import { isFault, readAnswer, requestBody, serverShare, type Sample } from "../../../src/proof/loadtest/answer.js";
import { target } from "./blocks.js";

const answer = {
  model: "fake@1.0.0",
  engine: "single-pass",
  fallback: false,
  usage: { prompt_tokens: 11, cached_tokens: 2, generated_tokens: 3 },
  timing_ms: { tokenize: 0.2, queue: 1, inference: 8, decode: 0.3, total: 10 },
  intent: { name: "alarm_set", confidence: 0.9 },
};
const read = (status: number, body: unknown) =>
  readAnswer(status, typeof body === "string" ? body : JSON.stringify(body), 12, target("single-pass"));

test("an answer gives the server's times and tokens, and the client's time", () => {
  const sample = read(200, answer) as Sample;
  expect(sample).toEqual({
    ...{ http: 12, tokenize: 0.2, queue: 1, inference: 8, decode: 0.3, total: 10 },
    ...{ promptTokens: 11, cachedTokens: 2, generatedTokens: 3 },
  });
  expect(serverShare(sample)).toBe(1);
});

test("a server without the finer times is read, too", () => {
  const coarse = { ...answer, timing_ms: { queue: 1, inference: 8, total: 10 } };
  expect(read(200, coarse)).toMatchObject({ tokenize: 0, decode: 0, inference: 8 });
});

test.each([
  ["another engine's answer", 200, { ...answer, engine: "dual-encoder" }, "wrong_answer"],
  ["another model's answer", 200, { ...answer, model: "other@1.0.0" }, "wrong_answer"],
  ["the fallback's answer", 200, { ...answer, fallback: true }, "wrong_answer"],
  ["an answer without times", 200, { ...answer, timing_ms: undefined }, "wrong_answer"],
  ["half an answer", 200, '{"model": "fa', "wrong_answer"],
  ["an error of the server", 503, { error: { code: "not_ready", message: "Wait." } }, "not_ready"],
  ["an error of something before the server", 502, "<html>Bad gateway</html>", "http_502"],
])("%s is a fault", (_name, status, body, code) => {
  const outcome = read(status, body);
  expect(isFault(outcome) && outcome.code).toBe(code);
});

test("a request names tasks, engine and model, and forbids the fallback", () => {
  expect(JSON.parse(requestBody("hi", ["intent"], target("single-pass")))).toEqual({
    text: "hi",
    tasks: ["intent"],
    engine: "single-pass",
    model: "fake@1.0.0",
    fallback: false,
  });
});

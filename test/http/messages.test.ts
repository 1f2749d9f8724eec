import { expect, test } from "vitest";
import { ClassifyRequest } from "../../src/classify/request.js";
import { parseBody } from "../../src/http/parse.js";
import { harness } from "./harness.js";

const post = async (path: string, body: string | undefined, headers: object = {}) => {
  const { http } = await harness();
  const request = http.post(path).set({ "content-type": "application/json", ...headers });
  const { body: answer } = await (body === undefined ? request : request.send(body));
  return answer.error.message as string;
};

test.each([
  ["[]", "The body must be a JSON object, not a list."],
  ["null", "The body must be a JSON object, not null."],
  ['{"text":7}', '"text" must be a string, not a number.'],
  ['{"texts":["a",{}]}', '"texts[1]" must be a string, not an object.'],
  ['{"text":"a","top_k":"5"}', '"top_k" must be a number, not a string.'],
  ['{"text":"a","top_k":1.5}', '"top_k" must be a whole number, not 1.5.'],
  ['{"text":"a","top_k":0}', '"top_k" must be at least 1.'],
  ['{"text":"a","oos_threshold":7}', '"oos_threshold" must be at most 1.'],
  ['{"text":"a","oos_threshold":1e999}', '"oos_threshold" must be a number, not Infinity.'],
  ['{"text":"a","tasks":[]}', '"tasks" must hold at least 1 item.'],
  ['{"text":"a","tasks":"intent"}', '"tasks" must be a list, not a string.'],
  ['{"text":"a","model":""}', '"model" must have at least 1 character.'],
  ['{"text":"a","offsets":"bytes"}', '"offsets" must be "utf16" or "code_points".'],
  ['{"text":"a","truncate":1}', '"truncate" must be true or false, not a number.'],
  ['{"text":"a","timezone":"Mars"}', '"timezone" must be an IANA time zone such as Europe/Berlin.'],
  ['{"text":"a","topk":1}', 'There is no such field. Did you mean "top_k"?'],
  ['{"Text":"a"}', 'There is no such field. Did you mean "text"?'],
  ['{"text":"a","language":"en"}', "There is no such field."],
  ['{"text":"a","tasks":["intents"]}', 'There is no such task; there are intent, slots, topic. Did you mean "intent"?'],
  ['{"text":"a",}', "The body is not valid JSON: character 13 is not what should stand there."],
])("%s: %s", async (body, message) => {
  expect(await post("/classify", body)).toBe(message);
});

test("of a body that is missing it is said what to send", async () => {
  expect(await post("/compare", "{}")).toBe('"text" is missing: a string.');
  expect(() => parseBody(ClassifyRequest, undefined)).toThrow("The body is missing: a JSON object.");
});

test("a field inside a list knows its neighbours", async () => {
  const message = await post("/compare", '{"text":"a","engines":[{"engin":"single-pass"}]}');
  expect(message).toBe('There is no such field. Did you mean "engine"?');
});

test("a body that is not compressed as it says is told so", async () => {
  const message = await post("/classify", '{"text":"a"}', { "content-encoding": "gzip" });
  expect(message).toBe("The body is not what its Content-Encoding says.");
});

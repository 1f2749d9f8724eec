import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { BatchAnswer, ClassifyAnswer } from "../../src/classify/answer.js";
import { EngineError, OverloadedError } from "../../src/errors.js";
import { ErrorAnswer } from "../../src/http/schemas.js";
import { fakeBundle } from "../classify/fakes.js";
import { harness, MAX_BODY_BYTES } from "./harness.js";
import { leave } from "./leaving.js";

test("an answer keeps its schema, for a text and for several", async () => {
  const { http } = await harness();
  const one = await http.post("/classify").send({ text: "at nine am", oos_threshold: 0.1 }).expect(200);
  expect(ClassifyAnswer.parse(one.body)).toMatchObject({
    intent: { name: "alarm_set" },
    out_of_scope: false,
    out_of_scope_score: 0.4,
  });
  const cut = "one two three four five six seven eight nine";
  const several = await http
    .post("/classify")
    .send({ texts: ["at nine am", cut], truncate: true })
    .expect(200);
  expect(BatchAnswer.parse(several.body).results).toHaveLength(2);
});

test.each(["application/x-www-form-urlencoded", "text/plain", "application/json; charset=utf-8"])(
  "a JSON body is read when its type says %s",
  async (type) => {
    const { http } = await harness();
    await http.post("/classify").set("Content-Type", type).send('{"text":"nine"}').expect(200);
  },
);

test("a compressed body is read", async () => {
  const { http } = await harness();
  const request = http.post("/classify").set({ "Content-Type": "application/json", "Content-Encoding": "gzip" });
  request.write(gzipSync('{"text":"nine"}'));
  await request.expect(200);
});

const deep = "[".repeat(9000) + "]".repeat(9000);

test.each([
  ["malformed JSON", '{"text":', 400, "invalid_json", undefined],
  ["no body", undefined, 400, "invalid_request", "text"],
  ["an array", "[]", 400, "invalid_request", undefined],
  ["a string", '"nine"', 400, "invalid_request", undefined],
  ["null", "null", 400, "invalid_request", undefined],
  ["a number as text", '{"text":7}', 400, "invalid_request", "text"],
  ["null as text", '{"text":null}', 400, "invalid_request", "text"],
  ["a number in texts", '{"texts":["a",7]}', 400, "invalid_request", "texts[1]"],
  ["a text as texts", '{"texts":"a"}', 400, "invalid_request", "texts"],
  ["neither text nor texts", "{}", 400, "invalid_request", "text"],
  ["both text and texts", '{"text":"a","texts":["a"]}', 400, "invalid_request", "texts"],
  ["a policy of the fallback that is none", '{"text":"a","fallback":"always"}', 400, "invalid_request", "fallback"],
  ["a number as such a policy", '{"text":"a","fallback":1}', 400, "invalid_request", "fallback"],
  ["no text in texts", '{"texts":[]}', 400, "invalid_request", "texts"],
  ["too many texts", '{"texts":["a","b","c","d","e"]}', 400, "too_many_texts", "texts"],
  ["an empty text", '{"texts":["a","b","c"," "]}', 400, "empty_text", "texts[3]"],
  ["a NUL", String.raw`{"text":"a\u0000b"}`, 400, "invalid_text", "text"],
  ["a lone surrogate", String.raw`{"text":"a\ud83d"}`, 400, "invalid_text", "text"],
  ["a text of too many characters", JSON.stringify({ text: "a".repeat(1001) }), 413, "text_too_long", "text"],
  ["a text of too many tokens", JSON.stringify({ texts: ["a", "b ".repeat(9)] }), 413, "text_too_long", "texts[1]"],
  ["a body that is too large", JSON.stringify({ text: "a".repeat(MAX_BODY_BYTES) }), 413, "body_too_large", undefined],
  ["an unknown field", '{"text":"a","lang":"en"}', 400, "unknown_field", "lang"],
  ["the field __proto__", '{"text":"a","__proto__":{"model":"x"}}', 400, "unknown_field", "__proto__"],
  ["a field of deep JSON", `{"text":"a","x":${deep}}`, 400, "unknown_field", "x"],
  ["deep JSON as text", `{"text":${deep}}`, 400, "invalid_request", "text"],
  ["no task", '{"text":"a","tasks":[]}', 400, "invalid_request", "tasks"],
  ["a task that is no string", '{"text":"a","tasks":[1]}', 400, "invalid_request", "tasks[0]"],
  ["an unknown task", '{"text":"a","tasks":["intent","mood"]}', 400, "unknown_task", "tasks[1]"],
  ["a task twice", '{"text":"a","tasks":["intent","intent"]}', 400, "invalid_request", "tasks[1]"],
  ["an unknown engine", '{"text":"a","engine":"magic"}', 400, "unknown_engine", "engine"],
  ["an engine that is no string", '{"text":"a","engine":1}', 400, "invalid_request", "engine"],
  ["an unknown model", '{"text":"a","model":"magic"}', 400, "unknown_model", "model"],
  [
    "an engine that the model has not",
    '{"text":"a","model":"single-pass","engine":"dual-encoder"}',
    400,
    "engine_not_in_model",
    "engine",
  ],
  ["top_k of 0", '{"text":"a","top_k":0}', 400, "invalid_request", "top_k"],
  ["top_k of 101", '{"text":"a","top_k":101}', 400, "invalid_request", "top_k"],
  ["half a top_k", '{"text":"a","top_k":1.5}', 400, "invalid_request", "top_k"],
  ["an unknown unit", '{"text":"a","offsets":"bytes"}', 400, "invalid_request", "offsets"],
  ["truncate as text", '{"text":"a","truncate":"yes"}', 400, "invalid_request", "truncate"],
  ["a threshold above 1", '{"text":"a","oos_threshold":1.1}', 400, "invalid_request", "oos_threshold"],
  ["no time at all", '{"text":"a","timeout_ms":0}', 400, "invalid_request", "timeout_ms"],
])("%s is refused, and nothing runs", async (_name, body, status, code, field) => {
  const { http, engine } = await harness();
  const answer = await http.post("/classify").set("Content-Type", "application/json").send(body).expect(status);
  const { error } = ErrorAnswer.parse(answer.body);
  expect({ code: error.code, field: error.field }).toEqual({ code, field });
  expect(engine("single-pass").calls).toEqual([]);
});

test("several faults are all named", async () => {
  const { http } = await harness();
  const { body } = await http.post("/classify").send({ text: 1, top_k: 0, x: 1 }).expect(400);
  const { faults } = ErrorAnswer.parse(body).error.details as { faults: { field: string }[] };
  expect(faults.map(({ field }) => field).sort()).toEqual(["text", "top_k", "x"]);
});

test("of a key that comes twice the last counts, as JavaScript and Python have it", async () => {
  const { http } = await harness();
  const { body } = await http.post("/classify").send('{"text":"a","text":"b"}').expect(200);
  expect(body.text).toBe("b");
});

test("bytes that are no UTF-8 are refused, not replaced", async () => {
  const { http } = await harness();
  const request = http.post("/classify").set("Content-Type", "application/json");
  request.write(Buffer.from([...Buffer.from('{"text":"caf'), 0xe9, ...Buffer.from('"}')]));
  const { body } = await request.expect(400);
  expect(body.error.code).toBe("invalid_json");
});

test.each([
  [{ "Content-Type": "application/json; charset=latin1" }],
  [{ "Content-Type": "application/json", "Content-Encoding": "zstd" }],
])("a body in %o is a 415", async (headers) => {
  const { http } = await harness();
  const { body } = await http.post("/classify").set(headers).send('{"text":"a"}').expect(415);
  expect(body.error.code).toBe("unsupported_media_type");
});

test("a task that the model has not is a 400", async () => {
  const { http } = await harness([fakeBundle("single-pass", { tasks: { intent: { labels: ["a"], temperature: 1 } } })]);
  const { body } = await http
    .post("/classify")
    .send({ text: "a", tasks: ["slots"] })
    .expect(400);
  expect(body.error).toMatchObject({ code: "task_not_in_model", field: "tasks[0]" });
});

test("without a model there is a 503 that says when to come back", async () => {
  const { http } = await harness([]);
  const { body, headers } = await http.post("/classify").send({ text: "a" }).expect(503);
  expect(body.error.code).toBe("not_ready");
  expect(headers["retry-after"]).toBe("1");
});

test("a failure of the engine is a 500 without a stack; its cause is in the log", async () => {
  const { http, engine, log } = await harness();
  engine("single-pass").before = () => Promise.reject(new EngineError("single-pass", new Error("out of memory")));
  const { text, body } = await http.post("/classify").send({ text: "a", fallback: "never" }).expect(500);
  expect(body.error.code).toBe("engine_failed");
  expect(text).not.toMatch(/out of memory|\.ts|\.js|at /);
  expect(log.join("")).toContain("out of memory");
});

test("what nobody foresaw is a 500 that tells nothing", async () => {
  const { http, engine } = await harness();
  engine("single-pass").before = () => Promise.reject(new TypeError("x is not a function"));
  const { body } = await http.post("/classify").send({ text: "a" }).expect(500);
  expect(body).toEqual({ error: { code: "internal", message: "Something went wrong in the server." } });
});

test("an answer that takes too long is a 504", async () => {
  const { http, engine } = await harness();
  engine("single-pass").before = () => new Promise(() => undefined);
  const { body } = await http.post("/classify").send({ text: "a", timeout_ms: 5 }).expect(504);
  expect(body.error.code).toBe("deadline_exceeded");
});

test("a caller who leaves stops the work that waits for it", async () => {
  const { app, engine, metrics } = await harness();
  const begun = new Promise<AbortSignal>((resolve) => {
    engine("single-pass").before = (signal) => (resolve(signal), new Promise(() => undefined));
  });
  await leave(app, "/classify", begun);
  await expect.poll(() => metrics.registry.metrics()).toContain('onepass_errors_total{code="client_closed_request"} 1');
});

test.each([
  ["requests", 429, "overloaded"],
  ["tokens", 429, "overloaded"],
  ["deadline", 504, "deadline_exceeded"],
] as const)("a request without a place (%s) is told when to come back", async (reason, status, code) => {
  const { http, engine } = await harness([fakeBundle("single-pass")]);
  engine("single-pass").before = () => Promise.reject(new OverloadedError(reason, 1200.5));
  const { body, headers } = await http.post("/classify").send({ text: "nine" }).expect(status);
  const { error } = ErrorAnswer.parse(body);
  expect(error).toMatchObject({ code, details: { reason, retry_after_ms: 1201 } });
  expect(headers["retry-after"]).toBe("2");
});

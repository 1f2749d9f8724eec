import { expect, test } from "vitest";
import { CompareAnswer } from "../../src/classify/answer.js";
import { EngineError } from "../../src/errors.js";
import { ErrorAnswer } from "../../src/http/schemas.js";
import { fakeBundle } from "../classify/fakes.js";
import { harness, MAX_BODY_BYTES } from "./harness.js";
import { leave } from "./leaving.js";

const BUNDLES = [fakeBundle("single-pass that writes", { name: "writing" }), fakeBundle("dual-encoder")];

test("an answer keeps its schema, with answers and errors in it", async () => {
  const { http, engine } = await harness(BUNDLES);
  engine("writing", "dual-decoder").before = () =>
    Promise.reject(new EngineError("dual-decoder", new Error("out of memory")));
  const cut = "one two three four five six seven eight nine";
  const { body, headers, text } = await http
    .post("/compare")
    .send({ text: cut, truncate: true, oos_threshold: 0.5, offsets: "code_points" })
    .expect(200);
  const { id, results } = CompareAnswer.parse(body);
  expect(id).toBe(headers["x-request-id"]);
  expect(results.map(({ model, engine, answer, error }) => [model, engine, answer?.out_of_scope, error?.code])).toEqual(
    [
      ["writing@1.0.0", "single-pass", false, undefined],
      ["writing@1.0.0", "generate", false, undefined],
      ["writing@1.0.0", "dual-decoder", undefined, "engine_failed"],
      ["dual-encoder@1.0.0", "dual-encoder", false, undefined],
    ],
  );
  expect(results[1]?.answer).toMatchObject({
    out_of_scope_score: 0.4,
    text: cut,
    truncated: { read_tokens: 8, total_tokens: 9 },
    usage: { generated_tokens: 7, dropped_slots: 1 },
  });
  expect(text).not.toContain("out of memory");
});

test.each([
  ["malformed JSON", '{"text":', 400, "invalid_json", undefined],
  ["no text", "{}", 400, "invalid_request", "text"],
  ["several texts", '{"texts":["a"]}', 400, "invalid_request", "text"],
  ["an empty text", '{"text":" "}', 400, "empty_text", "text"],
  ["a lone surrogate", String.raw`{"text":"a\ud83d"}`, 400, "invalid_text", "text"],
  ["a body that is too large", JSON.stringify({ text: "a".repeat(MAX_BODY_BYTES) }), 413, "body_too_large", undefined],
  ["a model outside of engines", '{"text":"a","model":"writing"}', 400, "unknown_field", "model"],
  ["a fallback", '{"text":"a","fallback":true}', 400, "unknown_field", "fallback"],
  ["no engine", '{"text":"a","engines":[]}', 400, "invalid_request", "engines"],
  [
    "too many engines",
    JSON.stringify({ text: "a", engines: Array(21).fill({ model: "writing" }) }),
    400,
    "invalid_request",
    "engines",
  ],
  [
    "an engine that names nothing",
    '{"text":"a","engines":[{"model":"writing"},{}]}',
    400,
    "invalid_request",
    "engines[1]",
  ],
  ["an engine that is a name", '{"text":"a","engines":["generate"]}', 400, "invalid_request", "engines[0]"],
  [
    "an unknown engine",
    '{"text":"a","engines":[{"model":"writing"},{"engine":"magic"}]}',
    400,
    "unknown_engine",
    "engines[1].engine",
  ],
  ["an engine that is no string", '{"text":"a","engines":[{"engine":1}]}', 400, "invalid_request", "engines[0].engine"],
  [
    "an unknown model",
    '{"text":"a","engines":[{"model":"writing"},{"model":"magic"}]}',
    400,
    "unknown_model",
    "engines[1].model",
  ],
  [
    "an engine that no model has",
    '{"text":"a","engines":[{"engine":"joint-encoder"}]}',
    400,
    "engine_not_in_model",
    "engines[0].engine",
  ],
  [
    "an unknown field of an engine",
    '{"text":"a","engines":[{"model":"writing","tasks":[]}]}',
    400,
    "unknown_field",
    "engines[0].tasks",
  ],
  ["an unknown task", '{"text":"a","tasks":["mood"]}', 400, "unknown_task", "tasks[0]"],
  ["top_k of 0", '{"text":"a","top_k":0}', 400, "invalid_request", "top_k"],
])("%s is refused, and nothing runs", async (_name, body, status, code, field) => {
  const { http, engine } = await harness(BUNDLES);
  const answer = await http.post("/compare").set("Content-Type", "application/json").send(body).expect(status);
  const { error } = ErrorAnswer.parse(answer.body);
  expect({ code: error.code, field: error.field }).toEqual({ code, field });
  expect([engine("writing").calls, engine("dual-encoder").calls]).toEqual([[], []]);
});

test("without a model there is a 503 that says when to come back", async () => {
  const { http } = await harness([]);
  const { body, headers } = await http.post("/compare").send({ text: "a" }).expect(503);
  expect(body.error.code).toBe("not_ready");
  expect(headers["retry-after"]).toBe("1");
});

test("an error of one engine is not counted as the request's", async () => {
  const { http, engine, metrics, log } = await harness(BUNDLES);
  engine("dual-encoder").before = () => Promise.reject(new EngineError("dual-encoder", new Error("broken")));
  await http.post("/compare").send({ text: "my secret" }).expect(200);
  const text = await metrics.registry.metrics();
  expect(text).not.toContain("onepass_errors_total{");
  expect(text).toContain('onepass_request_duration_seconds_count{method="POST",route="/compare",status="200"} 1');
  expect(log.join("")).not.toContain("secret");
});

test("a caller who leaves stops the comparison", async () => {
  const { app, engine, metrics } = await harness(BUNDLES);
  const begun = new Promise<AbortSignal>((resolve) => {
    engine("writing", "generate").before = (signal) => (resolve(signal), new Promise(() => undefined));
  });
  await leave(app, "/compare", begun);
  expect(engine("dual-encoder").calls).toEqual([]);
  await expect.poll(() => metrics.registry.metrics()).toContain('onepass_errors_total{code="client_closed_request"} 1');
});

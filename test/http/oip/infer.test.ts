import { expect, test } from "vitest";
import { KeyRing, makeKey } from "../../../src/access/keys.js";
import { EngineError } from "../../../src/errors.js";
import { OPEN_EDGE } from "../../../src/http/edge.js";
import { fakeBundle } from "../../classify/fakes.js";
import { harness, harnessWith } from "../harness.js";
import { checkTensors, PROTOCOL } from "./protocol.js";

const PATH = "/v2/models/single-pass/infer";

/** A request for texts, flat. */
const of = (texts: unknown[], more: object = {}) => ({
  inputs: [{ name: "text", shape: [texts.length], datatype: "BYTES", data: texts }],
  ...more,
});

/** What each output holds, by its name. */
function tensors(body: unknown): Record<string, unknown[]> {
  const answer = PROTOCOL.inference.parse(body);
  checkTensors(answer);
  return Object.fromEntries(answer.outputs.map(({ name, data = [] }) => [name, data]));
}

test("texts go in, labels, confidences and whole answers come out, one for each text", async () => {
  const { http } = await harness();
  const request = of(["wake me up at nine am", "what is an orbit"], { id: "42" });
  const { body } = await http.post(PATH).send(request).expect(200);
  expect(body).toMatchObject({ model_name: "single-pass", model_version: "1.0.0", id: "42" });
  expect(body.parameters).toMatchObject({ engine: "single-pass", fallback: false });
  const { answer, slots, ...others } = tensors(body);
  expect(others).toEqual({
    intent: ["alarm_set", "alarm_set"],
    intent_confidence: [0.6, 0.6],
    out_of_scope: [false, false],
    topic: ["orbit", "orbit"],
    topic_confidence: [0.8, 0.8],
    topic_group: ["sci", "sci"],
  });
  const [first, second] = slots!.map((json) => JSON.parse(json as string));
  expect(first).toMatchObject([{ name: "time", value: "nine am", start: 14, end: 21 }]);
  expect(second).toEqual([]);
  expect(JSON.parse(answer![0] as string)).toMatchObject({ text: "wake me up at nine am", slots: first });
});

test("the answers are those of POST /classify", async () => {
  const { http } = await harness();
  const texts = ["wake me up at nine am", "hi"];
  const { body } = await http.post(PATH).send(of(texts, { parameters: { top_k: 1, oos_threshold: 0.7 } }));
  const { body: own } = await http
    .post("/classify")
    .send({ texts, model: "single-pass", top_k: 1, oos_threshold: 0.7 });
  const { answer, intent, out_of_scope } = tensors(body);
  expect(answer!.map((json) => JSON.parse(json as string))).toEqual(own.results);
  expect([intent, out_of_scope]).toEqual([
    ["", ""],
    [true, true],
  ]);
});

test("only the outputs that are asked for are made, in their order, and only their tasks are run", async () => {
  const { http, engine } = await harness();
  const outputs = [{ name: "topic" }, { name: "intent" }];
  const { body } = await http
    .post(PATH)
    .send(of(["hi"], { outputs }))
    .expect(200);
  expect(Object.keys(tensors(body))).toEqual(["topic", "intent"]);
  expect(engine("single-pass").calls).toEqual([{ texts: ["hi"], tasks: ["intent", "topic"] }]);
  await http
    .post(PATH)
    .send(of(["hi"], { outputs: [{ name: "answer" }] }))
    .expect(200);
  expect(engine("single-pass").calls.at(-1)?.tasks).toEqual(["intent", "slots", "topic"]);
});

test("options are parameters, and tasks a list with commas", async () => {
  const { http, engine } = await harness();
  const parameters = { tasks: "intent, slots", truncate: true, timeout: 900_000, priority: 3, triton_enable: true };
  const text = "one two three four five six seven eight nine ten";
  const { body } = await http
    .post(PATH)
    .send(of([text], { parameters }))
    .expect(200);
  expect(Object.keys(tensors(body))).not.toContain("topic");
  expect(engine("single-pass").calls[0]?.tasks).toEqual(["intent", "slots"]);
});

test("an input may be nested, and its outputs have its shape", async () => {
  const { http } = await harness();
  const inputs = [{ name: "text", shape: [2, 1], datatype: "BYTES", data: [["hi"], ["nine"]] }];
  const { body } = await http
    .post(PATH)
    .send({ inputs, outputs: [{ name: "intent" }] })
    .expect(200);
  expect(body.outputs).toEqual([
    { name: "intent", shape: [2, 1], datatype: "BYTES", data: ["alarm_set", "alarm_set"] },
  ]);
});

test("Triton's timeout is in microseconds", async () => {
  const { http, engine } = await harness();
  engine("single-pass").before = () => new Promise((resolve) => setTimeout(resolve, 500));
  const { body } = await http
    .post(PATH)
    .send(of(["hi"], { parameters: { timeout: 5_000 } }))
    .expect(504);
  expect(PROTOCOL.error.parse(body)).toMatchObject({ code: "deadline_exceeded" });
});

test("names with dots, an @ or a version in the path find the model that they name", async () => {
  const bundles = ["1.0.0", "1.1.0"].map((version) => fakeBundle("single-pass", { name: "my.model-x", version }));
  const { http } = await harness(bundles);
  const versionOf = async (path: string) => {
    const { body } = await http
      .post(`/v2/models/${path}/infer`)
      .send(of(["hi"]))
      .expect(200);
    return [body.model_name, body.model_version];
  };
  expect(await versionOf("my.model-x")).toEqual(["my.model-x", "1.1.0"]);
  expect(await versionOf("my.model-x/versions/1.0.0")).toEqual(["my.model-x", "1.0.0"]);
  expect(await versionOf("my.model-x@1.0.0")).toEqual(["my.model-x", "1.0.0"]);
  expect(await versionOf("my.model-x%401.0.0/versions/1.0.0")).toEqual(["my.model-x", "1.0.0"]);
});

test("when the fallback answers, its name is told", async () => {
  const { http, engine } = await harness();
  engine("single-pass").before = () => Promise.reject(new EngineError("single-pass", new Error("broken")));
  const { body } = await http
    .post(PATH)
    .send(of(["hi"]))
    .expect(200);
  expect(body).toMatchObject({ model_name: "dual-encoder", parameters: { fallback: true, engine: "dual-encoder" } });
  expect(body.parameters).toMatchObject({ fallback_from: "single-pass@1.0.0", fallback_reason: "engine_failed" });
});

test.each([
  ["no body", undefined, 400, "invalid_json", undefined],
  ["no JSON", "{", 400, "invalid_json", undefined],
  ["no object", "[]", 400, "invalid_request", undefined],
  ["no input", { inputs: [] }, 400, "invalid_request", "inputs"],
  ["another input", { inputs: [{ name: "x", shape: [1], datatype: "BYTES", data: ["a"] }] }, 400, "invalid_request", "inputs[0].name"], // prettier-ignore
  ["another type", { inputs: [{ name: "text", shape: [1], datatype: "FP32", data: [1] }] }, 400, "invalid_request", "inputs[0].datatype"], // prettier-ignore
  ["a shape that does not fit", { inputs: [{ name: "text", shape: [2], datatype: "BYTES", data: ["a"] }] }, 400, "invalid_request", "inputs[0].shape"], // prettier-ignore
  ["a number among the texts", of(["a", 1]), 400, "invalid_request", "inputs[0].data[1]"],
  ["nesting deeper than the shape", of([["a"]]), 400, "invalid_request", "inputs[0].data[0]"],
  ["an empty text", of(["a", " "]), 400, "empty_text", "inputs[0].data[1]"],
  ["no text", of([]), 400, "invalid_request", "inputs[0].data"],
  ["too many texts", of(["a", "b", "c", "d", "e"]), 400, "too_many_texts", "inputs[0].data"],
  ["a text that is too long", of(["one two three four five six seven eight nine"]), 413, "text_too_long", "inputs[0].data[0]"], // prettier-ignore
  ["an option that is not there", of(["a"], { parameters: { top_kk: 1 } }), 400, "unknown_field", "parameters.top_kk"],
  ["an option out of range", of(["a"], { parameters: { top_k: 0 } }), 400, "invalid_request", "parameters.top_k"],
  ["a model among the options", of(["a"], { parameters: { model: "x" } }), 400, "unknown_field", "parameters.model"],
  ["a task that is not there", of(["a"], { parameters: { tasks: "intent,mood" } }), 400, "unknown_task", "parameters.tasks"], // prettier-ignore
  [
    "an output that is not there",
    of(["a"], { outputs: [{ name: "mood" }] }),
    400,
    "invalid_request",
    "outputs[0].name",
  ],
  ["an output without its task", of(["a"], { outputs: [{ name: "slots" }], parameters: { tasks: "intent" } }), 400, "invalid_request", "outputs[0].name"], // prettier-ignore
] as const)("%s is refused in the protocol's shape", async (_name, request, status, code, field) => {
  const { http } = await harness();
  const { body } = await http.post(PATH).set("Content-Type", "application/json").send(request).expect(status);
  expect(PROTOCOL.error.parse(body)).toMatchObject({ code });
  expect(body.field).toBe(field);
});

test("nesting without end is refused, not followed", async () => {
  const { http } = await harness();
  const data = "[".repeat(9_000) + "]".repeat(9_000);
  const body = `{"inputs":[{"name":"text","shape":[1,1,1,1,1,1,1,1],"datatype":"BYTES","data":${data}}]}`;
  const answer = await http.post(PATH).send(body).expect(400);
  expect(answer.body).toMatchObject({ code: "invalid_request", field: "inputs[0].data[0]" });
});

test.each([
  ["post", "/v2/models/nobody/infer", 404, "unknown_model"],
  ["post", "/v2/models/single-pass/versions/9.9.9/infer", 404, "unknown_model"],
  ["post", "/v2/models/single-pass@1.0.0/versions/2.0.0/infer", 404, "unknown_model"],
  ["get", "/v2/models/nobody", 404, "unknown_model"],
  ["get", "/v2/models/nobody/ready", 404, "unknown_model"],
  ["get", "/v2/nowhere", 404, "not_found"],
  ["get", PATH, 405, "method_not_allowed"],
  ["delete", "/v2", 405, "method_not_allowed"],
] as const)("%s %s is a %i in the protocol's shape", async (method, path, status, code) => {
  const { http } = await harness();
  const answer = await http[method](path).send(method === "post" ? of(["hi"]) : undefined);
  expect(answer.status).toBe(status);
  expect(PROTOCOL.error.parse(answer.body)).toMatchObject({ code });
});

test("paths outside of /v2 keep their own shape of errors", async () => {
  const { http } = await harness();
  const { body } = await http.get("/v2x").expect(404);
  expect(body.error).toMatchObject({ code: "not_found" });
});

test("a key is asked for in the protocol's shape, but not by the probes", async () => {
  const { secret, entry } = makeKey("app", ["classify"]);
  const { http } = await harnessWith({ edge: { ...OPEN_EDGE, keys: new KeyRing([entry]) } });
  const { body } = await http
    .post(PATH)
    .send(of(["hi"]))
    .expect(401);
  expect(PROTOCOL.error.parse(body)).toMatchObject({ code: "unauthorized" });
  await http
    .post(PATH)
    .set("x-api-key", secret)
    .send(of(["hi"]))
    .expect(200);
  await http.get("/v2/health/ready").expect(200);
});

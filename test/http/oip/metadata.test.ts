import { expect, test } from "vitest";
import { fakeBundle, TASKS } from "../../classify/fakes.js";
import { harness } from "../harness.js";
import { PROTOCOL } from "./protocol.js";

test("the server tells its name, version and extensions", async () => {
  const { http } = await harness();
  const { body } = await http.get("/v2").expect(200);
  expect(PROTOCOL.server.parse(body)).toMatchObject({ name: "onepass", extensions: ["binary_tensor_data"] });
});

test("the server is live, and ready until it drains", async () => {
  const { http, lifecycle } = await harness();
  expect(PROTOCOL.live.parse((await http.get("/v2/health/live").expect(200)).body).live).toBe(true);
  expect(PROTOCOL.ready.parse((await http.get("/v2/health/ready").expect(200)).body).ready).toBe(true);
  lifecycle.draining = true;
  expect(PROTOCOL.ready.parse((await http.get("/v2/health/ready").expect(503)).body).ready).toBe(false);
  expect(PROTOCOL.live.parse((await http.get("/v2/health/live").expect(200)).body).live).toBe(true);
});

test("the models are listed once each, whatever their versions and engines", async () => {
  const bundles = [fakeBundle("single-pass that writes"), fakeBundle("single-pass that writes", { version: "2.0.0" })];
  const { http } = await harness(bundles);
  expect((await http.get("/v2/models").expect(200)).body).toEqual({ models: ["single-pass"] });
});

test("a model tells its versions and tensors, and only those of its tasks", async () => {
  const bundles = ["1.0.0", "1.1.0"].map((version) => fakeBundle("single-pass", { name: "a.b", version }));
  const topics = fakeBundle("joint-encoder", { tasks: { topic: TASKS.topic! } });
  const { http } = await harness([...bundles, topics]);
  const { body } = await http.get("/v2/models/a.b/versions/1.0.0").expect(200);
  expect(PROTOCOL.model.parse(body)).toMatchObject({
    name: "a.b",
    versions: ["1.0.0", "1.1.0"],
    platform: "onepass_single-pass",
    inputs: [{ name: "text", datatype: "BYTES", shape: [-1] }],
  });
  const outputs = async (name: string) =>
    PROTOCOL.model.parse((await http.get(`/v2/models/${name}`)).body).outputs.map(({ name }) => name);
  expect(await outputs("a.b")).toEqual([
    ...["answer", "intent", "intent_confidence", "out_of_scope", "slots"],
    ...["topic", "topic_confidence", "topic_group"],
  ]);
  expect(await outputs("joint-encoder")).toEqual(["answer", "topic", "topic_confidence", "topic_group"]);
});

test("every output of a model's metadata is in its answer, with that type", async () => {
  const { http } = await harness();
  const inputs = [{ name: "text", shape: [1], datatype: "BYTES", data: ["hi"] }];
  const { body } = await http.post("/v2/models/single-pass/infer").send({ inputs }).expect(200);
  const { outputs } = PROTOCOL.model.parse((await http.get("/v2/models/single-pass")).body);
  const told = outputs.map(({ name, datatype }) => ({ name, datatype }));
  expect(PROTOCOL.inference.parse(body).outputs.map(({ name, datatype }) => ({ name, datatype }))).toEqual(told);
});

test("a model is ready when it answers", async () => {
  const { http } = await harness();
  const { body } = await http.get("/v2/models/single-pass/ready").expect(200);
  expect(PROTOCOL.modelReady.parse(body)).toEqual({ name: "single-pass", ready: true });
  const failing = { load: () => Promise.reject(new Error("no memory")) };
  const { http: broken } = await harness([fakeBundle("single-pass")], failing);
  const answer = await broken.get("/v2/models/single-pass/versions/1.0.0/ready").expect(503);
  expect(PROTOCOL.modelReady.parse(answer.body)).toEqual({ name: "single-pass", ready: false });
});

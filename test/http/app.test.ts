import { expect, test } from "vitest";
import type { Bundle } from "../../src/bundle/bundle.js";
import { ErrorAnswer, Liveness, ModelsAnswer, Readiness, VersionAnswer } from "../../src/http/schemas.js";
import { fakeBundle, fakeEngines, TASKS } from "../classify/fakes.js";
import { harness } from "./harness.js";

test("the process is alive", async () => {
  const { http } = await harness();
  const { body } = await http.get("/livez").expect(200);
  expect(Liveness.parse(body)).toEqual({ status: "ok" });
});

test("a server is ready when its default is", async () => {
  const { http } = await harness();
  const { body } = await http.get("/readyz").expect(200);
  const { status, engines } = Readiness.parse(body);
  expect(status).toBe("ready");
  expect(engines[0]).toEqual({
    model: "single-pass@1.0.0",
    engine: "single-pass",
    state: "ready",
    default: true,
    fallback: false,
  });
});

test("a server with its fallback alone is ready and says what failed; with neither it is not", async () => {
  const load = (bundle: Bundle) =>
    bundle.manifest.name === "dual-encoder"
      ? Promise.resolve(fakeEngines(bundle))
      : Promise.reject(new Error("no memory"));
  const { http } = await harness([fakeBundle("single-pass"), fakeBundle("dual-encoder")], { load });
  const { body } = await http.get("/readyz").expect(200);
  expect(Readiness.parse(body).engines).toMatchObject([{ state: "failed" }, { state: "ready", fallback: true }]);
  const { http: lost } = await harness([fakeBundle("single-pass")], { load });
  expect(Readiness.parse((await lost.get("/readyz").expect(503)).body).status).toBe("unavailable");
});

test("a bundle of several engines is listed in each of them, and one of them is the default", async () => {
  const writing = fakeBundle("single-pass that writes", { name: "writing" });
  const { http } = await harness([fakeBundle("dual-encoder"), writing]);
  const { engines } = Readiness.parse((await http.get("/readyz").expect(200)).body);
  const { models } = ModelsAnswer.parse((await http.get("/models").expect(200)).body);
  for (const listed of [engines, models]) {
    expect(listed.map((one) => [one.model, one.engine, one.default, one.fallback])).toEqual([
      ["dual-encoder@1.0.0", "dual-encoder", false, true],
      ["writing@1.0.0", "single-pass", true, false],
      ["writing@1.0.0", "generate", false, false],
      ["writing@1.0.0", "dual-decoder", false, false],
    ]);
  }
});

test("a server that is about to stop is not ready, and closes its connections", async () => {
  const { http, lifecycle } = await harness();
  lifecycle.draining = true;
  const { body, headers } = await http.get("/readyz").expect(503);
  expect(Readiness.parse(body).status).toBe("draining");
  expect(headers.connection).toBe("close");
  await http.get("/livez").expect(200);
});

test("models are listed with their labels", async () => {
  const { http } = await harness();
  const { body } = await http.get("/models").expect(200);
  const { models } = ModelsAnswer.parse(body);
  expect(models.map(({ model }) => model)).toEqual(["single-pass@1.0.0", "dual-encoder@1.0.0", "joint-encoder@1.0.0"]);
  expect(models[0]).toMatchObject({ default: true, tasks: { slots: { labels: ["time"] } } });
  expect(models[0]?.tasks.intent).toEqual({ labels: TASKS.intent!.labels });
});

test("a model that rejects says with which label, and its threshold", async () => {
  const intent = { labels: ["alarm_set", "oos"], reject: "oos", oos_threshold: 0.4 };
  const { http } = await harness([fakeBundle("single-pass", { tasks: { intent: { ...intent, temperature: 1 } } })]);
  const { models } = ModelsAnswer.parse((await http.get("/models").expect(200)).body);
  expect(models[0]?.tasks).toEqual({ intent });
});

test("the version is told", async () => {
  const { http } = await harness();
  const { body } = await http.get("/version").expect(200);
  expect(VersionAnswer.parse(body)).toMatchObject({ name: "onepass", node: process.versions.node });
});

test.each([
  ["get", "/nowhere", 404, "not_found"],
  ["get", "/%", 404, "not_found"],
  ["post", "/classify/", 400, "invalid_request"], // a slash at the end is forgiven
  ["post", "/compare/", 400, "invalid_request"],
  ["get", "/classify", 405, "method_not_allowed"],
  ["get", "/compare", 405, "method_not_allowed"],
  ["delete", "/models", 405, "method_not_allowed"],
  ["options", "/readyz", 405, "method_not_allowed"],
] as const)("%s %s is a %i", async (method, path, status, code) => {
  const { http } = await harness();
  const { body, headers } = await http[method](path).expect(status);
  expect(ErrorAnswer.parse(body).error.code).toBe(code);
  if (status === 405) expect(headers.allow).toBe(["/classify", "/compare"].includes(path) ? "POST" : "GET, HEAD");
});

test("a HEAD is answered as the GET, without its body", async () => {
  const { http } = await harness();
  await http.head("/livez").expect(200);
});

test("a request keeps the id that it came with, in the answer and in the log", async () => {
  const { http, log } = await harness();
  const { body, headers } = await http.post("/classify").set("x-request-id", "trace-42.a:b_c").send({ text: "nine" });
  expect(headers["x-request-id"]).toBe("trace-42.a:b_c");
  expect(body.id).toBe("trace-42.a:b_c");
  expect(log.join("")).toContain("trace-42.a:b_c");
});

test.each(["a b", "x".repeat(129), "é", '"', "a;b"])("an id such as %j is replaced", async (id) => {
  const { http } = await harness();
  const { headers } = await http.get("/livez").set("x-request-id", id);
  expect(headers["x-request-id"]).toMatch(/^[\da-f-]{36}$/);
});

test("no log line holds a text, a body or a path that a caller made up", async () => {
  const { http, log } = await harness();
  await http.post("/classify").send({ text: "my secret" });
  await http.post("/classify").send({ text: "my secret", secret: 1 });
  await http.post("/classify").set("Content-Type", "application/json").send('{"text":"my secret');
  await http.get("/secret?secret=1");
  expect(log).toHaveLength(4);
  expect(log.join("")).not.toContain("secret");
  expect(log.map((line) => (JSON.parse(line) as { code?: string }).code)).toEqual([
    undefined,
    "unknown_field",
    "invalid_json",
    "not_found",
  ]);
});

test("probes are no news, whatever they are told: a start would fill the log with them", async () => {
  const { http, log, lifecycle } = await harness();
  lifecycle.draining = true;
  await http.get("/readyz").expect(503);
  await http.get("/models").expect(200);
  const [debug, info] = [20, 30];
  expect(log.map((line) => (JSON.parse(line) as { level: number }).level)).toEqual([debug, info]);
});

test.each(["get", "post"] as const)(
  "no answer to a %s names the framework or lets its type be guessed",
  async (method) => {
    const { http } = await harness();
    for (const path of ["/livez", "/classify", "/compare", "/nowhere"]) {
      const { headers } = await http[method](path).send(method === "post" ? { text: "nine" } : undefined);
      expect(headers).toHaveProperty("x-content-type-options", "nosniff");
      expect(headers).not.toHaveProperty("x-powered-by");
    }
  },
);

test("what a browser can open carries all of helmet's headers", async () => {
  const { http } = await harness();
  for (const path of ["/livez", "/models", "/openapi.json", "/nowhere"]) {
    const { headers } = await http.get(path);
    expect(headers).toHaveProperty("content-security-policy");
    expect(headers).toHaveProperty("x-frame-options", "SAMEORIGIN");
  }
});

import { expect, test } from "vitest";
import { Metrics } from "../../src/metrics/metrics.js";
import { fakeBundle } from "../classify/fakes.js";
import { harness } from "../http/harness.js";

test("one good and one bad request are counted once each", async () => {
  const { http } = await harness();
  await http
    .post("/classify")
    .send({ texts: ["at nine am", "hi"] })
    .expect(200);
  await http.post("/classify").send({ text: "" }).expect(400);
  const { text, headers } = await http.get("/metrics").expect(200);
  const single = 'model="single-pass@1.0.0",engine="single-pass"';
  const lines = text.split("\n");
  expect(headers["content-type"]).toContain("text/plain");
  expect(lines).toEqual(
    expect.arrayContaining([
      'onepass_request_duration_seconds_count{method="POST",route="/classify",status="200"} 1',
      'onepass_request_duration_seconds_count{method="POST",route="/classify",status="400"} 1',
      'onepass_errors_total{code="empty_text"} 1',
      `onepass_inference_duration_seconds_count{${single}} 1`,
      `onepass_queue_duration_seconds_sum{${single}} 0.001`,
      `onepass_decode_duration_seconds_count{${single}} 1`,
      `onepass_tokenize_duration_seconds_count{${single}} 1`,
      'onepass_tokens_total{model="single-pass@1.0.0",engine="single-pass",kind="prompt"} 10',
      'onepass_tokens_total{model="single-pass@1.0.0",engine="single-pass",kind="cached"} 0',
      'onepass_tokens_total{model="single-pass@1.0.0",engine="single-pass",kind="generated"} 0',
      `onepass_dropped_slots_total{${single}} 0`,
      `onepass_request_texts_sum{${single}} 2`,
      `onepass_engine_ready{${single}} 1`,
      "onepass_requests_in_flight 1", // this one
    ]),
  );
  expect(text).not.toContain("onepass_fallback_total{");
  expect(text).toMatch(/onepass_build_info\{version="\d/);
  expect(text).toContain("process_cpu_seconds_total");
});

test("of a model that is forgotten no series is left, and all of the others'", async () => {
  const metrics = new Metrics();
  const effort = { texts: 1, cachedTexts: 0, promptTokens: 3, cachedTokens: 0, generatedTokens: 0, droppedSlots: 0 };
  const times = { tokenizeMs: 1, queueMs: 1, inferenceMs: 1, decodeMs: 1 };
  for (const model of ["old@1.0.0", "new@1.0.0"]) {
    const answerer = { model, engine: "single-pass" as const };
    metrics.engines.answered(answerer, { ...effort, ...times });
    metrics.engines.batchRun(answerer, 1, 3);
    metrics.predictions.expect(model, fakeBundle("single-pass").manifest.tasks);
    metrics.predictions.answered(model, [{ intent: { name: "joke", confidence: 0.9 } }]);
    metrics.breakers.created(answerer);
    metrics.queue.refused(answerer, "requests");
    metrics.workers.restarted(answerer, "crashed");
  }
  metrics.fallback.fellBack("old@1.0.0", "new@1.0.0", "overloaded");
  const before = await metrics.registry.metrics();
  await metrics.forget("old@1.0.0");
  const after = await metrics.registry.metrics();
  expect(after).not.toContain("old@1.0.0");
  const lines = (text: string) =>
    text.split("\n").filter((line) => line.includes('"new@1.0.0"') && !line.includes("old@"));
  expect(lines(after)).toEqual(lines(before));
  expect(lines(after).length).toBeGreaterThan(50);
});

test("paths that callers make up share one label", async () => {
  const { http } = await harness();
  await http.get("/secret-1").expect(404);
  await http.get("/secret-2").expect(404);
  const { text } = await http.get("/metrics");
  expect(text).not.toContain("secret");
  expect(text).toContain('onepass_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 2');
});

test("what an engine has written is counted by kind, and the values that it made up", async () => {
  const { http } = await harness([fakeBundle("single-pass that writes")]);
  const ask = (text: string) => http.post("/classify").send({ text, engine: "generate" }).expect(200);
  await ask("at nine am");
  await ask("at ten");
  await http
    .post("/compare")
    .send({ text: "at ten", engines: [{ engine: "generate" }] })
    .expect(200);
  const { text } = await http.get("/metrics");
  const generate = 'model="single-pass@1.0.0",engine="generate"';
  expect(text.split("\n")).toEqual(
    expect.arrayContaining([
      `onepass_tokens_total{${generate},kind="prompt"} 16`,
      `onepass_tokens_total{${generate},kind="cached"} 6`,
      `onepass_tokens_total{${generate},kind="generated"} 21`,
      `onepass_dropped_slots_total{${generate}} 2`,
      `onepass_inference_duration_seconds_count{${generate}} 3`,
      `onepass_engine_ready{${generate}} 1`,
    ]),
  );
});

test("what the server itself does is told apart from 10 µs on", async () => {
  const metrics = new Metrics();
  metrics.engines.answered(
    { model: "m@1.0.0", engine: "generate" },
    {
      texts: 1,
      cachedTexts: 0,
      promptTokens: 1,
      cachedTokens: 0,
      generatedTokens: 0,
      droppedSlots: 0,
      tokenizeMs: 0.015,
      queueMs: 0,
      inferenceMs: 5,
      decodeMs: 0.15,
    },
  );
  const text = await metrics.registry.metrics();
  const bucket = (name: string, le: string) =>
    Number(new RegExp(`^onepass_${name}_duration_seconds_bucket\\{le="${le}",.*\\} (\\d)$`, "m").exec(text)?.[1]);
  expect([bucket("tokenize", "0.00001"), bucket("tokenize", "0.00002")]).toEqual([0, 1]);
  expect([bucket("decode", "0.0001"), bucket("decode", "0.0002")]).toEqual([0, 1]);
});

test("the runs of a model are counted by prompts and tokens", async () => {
  const metrics = new Metrics();
  metrics.engines.batchRun({ model: "m@1.0.0", engine: "single-pass" }, 3, 36);
  const text = await metrics.registry.metrics();
  expect(text).toContain('onepass_batch_prompts_sum{model="m@1.0.0",engine="single-pass"} 3');
  expect(text).toContain('onepass_batch_tokens_sum{model="m@1.0.0",engine="single-pass"} 36');
});

test("durations are told apart from 1 ms on", async () => {
  const metrics = new Metrics();
  metrics.requests.started();
  metrics.requests.ended({ method: "GET", route: "/livez", status: 200 }, 0.0015);
  const text = await metrics.registry.metrics();
  expect(text).toContain('le="0.001",method="GET",route="/livez",status="200"} 0');
  expect(text).toContain('le="0.002",method="GET",route="/livez",status="200"} 1');
});

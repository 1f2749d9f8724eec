import { once } from "node:events";
import { Agent, createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import supertest from "supertest";
import { expect, test, vi } from "vitest";
import { OverloadedError } from "../../src/errors.js";
import { door } from "../../src/http/door.js";
import { RefusalLog } from "../../src/http/refusal-log.js";
import { ErrorAnswer } from "../../src/http/schemas.js";
import { harnessWith } from "./harness.js";

/** A server whose door is as it is told. */
async function open(retryAfterMs: number | undefined) {
  const state = { retryAfterMs };
  const refusals = new RefusalLog(pino({ level: "info" }, { write: (line: string) => void told.push(line) }));
  const told: string[] = [];
  const fake = await harnessWith({ refusals, maxBodyBytes: 200_000 });
  const app = door(fake.app, { turnsAway: () => state.retryAfterMs, metrics: fake.metrics, refusals });
  return { ...fake, app, told, state, http: supertest(createServer(app)) };
}

test("while it is shut a request is refused unread, with the shape and headers of every refusal", async () => {
  const { http, metrics } = await open(1_230);
  for (const path of ["/classify", "/compare"]) {
    const { body, headers } = await http.post(path).set("x-request-id", "mine").send('{"not JSON').expect(429);
    const { error } = ErrorAnswer.parse(body);
    expect(error).toMatchObject({ code: "overloaded", details: { retry_after_ms: 1_250 } });
    expect(headers).toMatchObject({ "retry-after": "2", "x-request-id": "mine", "x-content-type-options": "nosniff" });
  }
  const lines = (await metrics.registry.metrics()).split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      'onepass_refused_total{model="",engine="",reason="unread"} 2',
      'onepass_errors_total{code="overloaded"} 2',
      'onepass_request_duration_seconds_count{method="POST",route="/classify",status="429"} 1',
      'onepass_request_duration_seconds_count{method="POST",route="/compare",status="429"} 1',
      "onepass_requests_in_flight 0",
    ]),
  );
});

test("requests of the Open Inference Protocol are refused in its own shape, and counted by the route's pattern", async () => {
  const { http, metrics } = await open(100);
  for (const path of ["/v2/models/any/infer", "/v2/models/any/versions/1.0.0/infer"]) {
    const { body } = await http.post(path).send({}).expect(429);
    expect(body).toMatchObject({ code: "overloaded", error: expect.any(String) as string });
  }
  const text = await metrics.registry.metrics();
  expect(text).toContain('_count{method="POST",route="/v2/models/:name/infer",status="429"} 2');
});

test("everything else is answered as ever, and so are requests when it has opened", async () => {
  const { http, state } = await open(100);
  await http.get("/livez").expect(200);
  await http.get("/classify").expect(405);
  await http.post("/classify").send({ text: "nine" }).expect(429);
  state.retryAfterMs = undefined;
  await http.post("/classify").send({ text: "nine" }).expect(200);
});

test("a connection that was refused serves the next request, whatever was not read", async () => {
  const { app, state } = await open(100);
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const post = async (body: string) => {
    const sent = request({
      port,
      agent,
      method: "POST",
      path: "/classify",
      headers: { "content-length": body.length },
    });
    sent.end(body);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    await once(response, "end");
    return { status: response.statusCode, reused: sent.reusedSocket };
  };
  const large = JSON.stringify({ text: "nine", padding: "x".repeat(60_000) });
  expect(await post(large)).toEqual({ status: 429, reused: false });
  expect(await post(large)).toEqual({ status: 429, reused: true });
  state.retryAfterMs = undefined;
  expect(await post('{"text":"nine"}')).toEqual({ status: 200, reused: true });
  agent.destroy();
  server.close();
});

test("what a browser asks for a page of elsewhere goes the long way, which has the headers for that", async () => {
  const { http } = await open(100);
  await http.post("/classify").set("origin", "https://elsewhere.example").send({ text: "nine" }).expect(200);
});

test("a body too large to be thrown away goes the long way", async () => {
  const { http } = await open(100);
  await http
    .post("/classify")
    .send(JSON.stringify({ text: "x".repeat(70_000) }))
    .expect(413);
});

test("refusals are told in one line after a while, those of the queue with those of the door", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const { http, state, told, engine } = await open(100);
    await http.post("/classify").send({ text: "nine" }).expect(429);
    await http.post("/classify").send({ text: "nine" }).expect(429);
    state.retryAfterMs = undefined;
    engine("single-pass").before = () => Promise.reject(new OverloadedError("requests", 10));
    await http.post("/classify").send({ text: "nine", fallback: false }).expect(429);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(5_000);
    expect(told.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ refused: 3, level: 40 }]);
    vi.advanceTimersByTime(60_000);
    expect(told).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});

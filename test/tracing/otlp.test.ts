import { Writable } from "node:stream";
import { pino } from "pino";
import supertest from "supertest";
import { afterEach, expect, test } from "vitest";
import { ClassifyService } from "../../src/classify/service.js";
import { createApp } from "../../src/http/app.js";
import { openOtlp, tracesUrl } from "../../src/tracing/otlp.js";
import { fakePool, SETTINGS } from "../classify/fakes.js";

import { attributesOf, openReceiver } from "./receiver.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A server over fake engines that traces to `endpoint`, by default to a receiver of its own. */
async function traced({ share = 1, endpoint }: { share?: number; endpoint?: string } = {}) {
  const receiver = await openReceiver();
  cleanups.push(receiver.close);
  const log: string[] = [];
  const logger = pino(
    { level: "debug" },
    new Writable({
      write(line: Buffer, _encoding, done) {
        log.push(line.toString());
        done();
      },
    }),
  );
  const tracing = openOtlp({ endpoint: endpoint ?? receiver.url, share }, logger);
  const { pool, metrics, engine } = await fakePool();
  const service = new ClassifyService(pool, metrics, SETTINGS);
  const app = createApp({ service, metrics, logger, maxBodyBytes: 10_000, isDraining: () => false, tracing });
  return { receiver, log, engine, http: supertest(app), sent: () => tracing[Symbol.asyncDispose]() };
}

test("a request is a span of the caller's trace, and its phases are spans of its own", async () => {
  const { receiver, http, sent } = await traced();
  const { headers, body } = await http
    .post("/classify")
    .set("traceparent", `00-${TRACE}-${CALLER}-01`)
    .send({ texts: ["at nine am", "hi"] })
    .expect(200);
  await sent();
  const spans = receiver.spans();
  const root = spans.find(({ name }) => name === "POST /classify")!;
  const phases = spans.filter(({ parentSpanId }) => parentSpanId === root.spanId);

  expect(receiver.paths).toEqual(["/v1/traces"]);
  expect(receiver.resource()).toMatchObject({ "service.name": "onepass" });
  expect(headers.traceparent).toBe(`00-${TRACE}-${root.spanId}-01`);
  expect(root).toMatchObject({ traceId: TRACE, parentSpanId: CALLER });
  expect(attributesOf(root)).toEqual({
    "http.request.method": "POST",
    "http.route": "/classify",
    "http.response.status_code": 200,
    "onepass.request_id": body.id,
    "onepass.model": "single-pass@1.0.0",
    "onepass.engine": "single-pass",
    "onepass.fallback": "none",
    "onepass.texts": 2,
    "onepass.prompt_tokens": 10,
  });
  expect(phases.map(({ name }) => name)).toEqual(["tokenize", "queue", "inference", "decode"]);
  const ms = ({ startTimeUnixNano, endTimeUnixNano }: (typeof spans)[number]) =>
    Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6;
  expect(ms(phases[1]!)).toBeCloseTo(1, 1); // what the fake engine says that it waited and took
  expect(ms(phases[2]!)).toBeCloseTo(2, 1);
  const starts = phases.map(({ startTimeUnixNano }) => BigInt(startTimeUnixNano));
  expect(starts).toEqual([...starts].sort((a, b) => (a < b ? -1 : 1)));
});

test("no text leaves in a trace, whatever becomes of the request", async () => {
  const { receiver, http, engine, sent } = await traced();
  const ask = (body: object) => http.post("/classify?q=rosebud").send(body);
  await ask({ text: "rosebud at nine am" }).expect(200);
  await ask({ text: "rosebud", rosebud: 1 }).expect(400);
  engine("single-pass").before = () => Promise.reject(new Error("rosebud"));
  await ask({ text: "rosebud", fallback: false }).expect(500);
  await http.get("/rosebud").expect(404);
  await sent();
  expect(receiver.spans().filter(({ parentSpanId }) => parentSpanId === undefined)).toHaveLength(4);
  expect(receiver.bodies.join()).not.toContain("rosebud");
});

test("an error has its code, and one of the server's own marks the span as failed", async () => {
  const { receiver, http, engine, sent } = await traced();
  await http.post("/classify").send({ text: "" }).expect(400);
  engine("single-pass").before = () => Promise.reject(new Error("broken"));
  await http.post("/classify").send({ text: "hi", fallback: false }).expect(500);
  await sent();
  const roots = receiver.spans().filter(({ name }) => name === "POST /classify");
  expect(roots.map((span) => [attributesOf(span)["error.type"], span.status.code])).toEqual([
    ["empty_text", 0],
    ["internal", 2],
  ]);
});

test("a trace that its caller does not keep is not sent, and told on", async () => {
  const { receiver, http, sent } = await traced();
  const { headers } = await http.post("/classify").set("traceparent", `00-${TRACE}-${CALLER}-00`).send({ text: "hi" });
  await sent();
  expect(headers.traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!${CALLER})[\\da-f]{16}-00$`));
  expect(receiver.spans()).toEqual([]);
});

test("a share of 0 traces only what callers ask for", async () => {
  const { receiver, http, sent } = await traced({ share: 0 });
  await http.post("/classify").send({ text: "hi" });
  await http.post("/classify").set("traceparent", `00-${TRACE}-${CALLER}-01`).send({ text: "hi" });
  await sent();
  expect(new Set(receiver.spans().map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
});

test("probes and scrapes make no spans", async () => {
  const { receiver, http, sent } = await traced();
  for (const path of ["/livez", "/readyz", "/metrics"]) await http.get(path).expect(200);
  await sent();
  expect(receiver.spans()).toEqual([]);
});

test("a collector that is away costs nobody an answer, and is told of once", async () => {
  const { http, log, sent } = await traced({ endpoint: "http://127.0.0.1:9" });
  for (let i = 0; i < 3; i++) await http.post("/classify").send({ text: "hi" }).expect(200);
  await sent();
  expect(log.filter((line) => line.includes("traces could not be sent"))).toHaveLength(1);
});

test.each([
  ["http://collector:4318", "http://collector:4318/v1/traces"],
  ["https://collector/", "https://collector/v1/traces"],
  ["https://vendor.example/otlp/v1/traces", "https://vendor.example/otlp/v1/traces"],
])("spans go to %s by its path", (endpoint, url) => {
  expect(tracesUrl(endpoint)).toBe(url);
});

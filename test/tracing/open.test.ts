import { pino } from "pino";
import { expect, test } from "vitest";
import { openTracing } from "../../src/tracing/open.js";
import { PASSED_ON } from "../../src/tracing/trace.js";
import { harness } from "../http/harness.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";

test("without a collector traces are only passed on", async () => {
  expect(await openTracing({ otlpEndpoint: undefined, traceShare: 1 }, pino({ enabled: false }))).toBe(PASSED_ON);
});

test("with a collector each request has a trace of its own, kept in the share that is asked for", async () => {
  const open = (traceShare: number) =>
    openTracing({ otlpEndpoint: "http://127.0.0.1:9", traceShare }, pino({ enabled: false }));
  const [kept, lost] = [await open(1), await open(0)];
  const traces = [kept.begin(undefined), kept.begin(undefined), lost.begin(undefined)].map((trace) => trace!);
  expect(traces.map(({ traceparent }) => traceparent.slice(-2))).toEqual(["01", "01", "00"]);
  expect(new Set(traces.map(({ traceId }) => traceId)).size).toBe(3);
});

test("a caller's trace comes back with a span of ours, and stands in the log", async () => {
  const { http, log } = await harness();
  const { headers } = await http
    .post("/classify")
    .set("traceparent", `00-${TRACE}-${CALLER}-01`)
    .send({ text: "hi" })
    .expect(200);
  expect(headers.traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!${CALLER})[\\da-f]{16}-01$`));
  expect(log.map((line) => JSON.parse(line)).at(-1)).toMatchObject({ msg: "request", trace_id: TRACE });
});

test("a request without a trace, or with what is none, has none", async () => {
  const { http, log } = await harness();
  const { headers } = await http.post("/classify").set("traceparent", "rosebud").send({ text: "hi" }).expect(200);
  expect(headers.traceparent).toBeUndefined();
  expect(log.join()).not.toMatch(/trace_id|rosebud/);
});

import { expect, test } from "vitest";
import { Metrics } from "../../../src/metrics/metrics.js";
import { loadBetween, scrapeOf } from "../../../web/src/pure/load.js";
import { parseMetrics } from "../../../web/src/pure/prometheus.js";

const request = (route: string) => ({ method: "POST", route, status: 200 });

/** A server's own metrics, and what the page reads of them. */
function server() {
  const metrics = new Metrics();
  const scrape = async (atMs: number) => scrapeOf(parseMetrics(await metrics.registry.metrics()), atMs);
  const answer = (ms: number, times = 1, route = "/classify") => {
    for (let i = 0; i < times; i++) {
      metrics.requests.started();
      metrics.requests.ended(request(route), ms / 1000);
    }
  };
  return { metrics, scrape, answer };
}

test("quantiles and rate are those of the answers between two scrapes", async () => {
  const { scrape, answer } = server();
  answer(900, 50);
  const before = await scrape(0);
  answer(4, 90); // in the bucket from 3 to 5 ms
  answer(40, 10); // from 30 to 50
  const { p50, p95, perSecond } = loadBetween(before, await scrape(10_000));
  expect(p50).toBeCloseTo(3 + (2 * 50) / 90);
  expect(p95).toBeCloseTo(30 + 20 * 0.5);
  expect(perSecond).toBe(10);
});

test("what the page itself asks for does not count", async () => {
  const { scrape, answer } = server();
  const before = await scrape(0);
  answer(4, 10, "/metrics");
  answer(4, 10, "/models");
  expect(loadBetween(before, await scrape(1000))).toMatchObject({ p50: undefined, p95: undefined, perSecond: 0 });
});

test("the first scrape tells of no rate, but of what runs", async () => {
  const { metrics, scrape, answer } = server();
  answer(4, 10);
  metrics.requests.started();
  expect(loadBetween(undefined, await scrape(0))).toMatchObject({
    p50: undefined,
    perSecond: 0,
    cores: 0,
    inFlight: 1,
  });
});

test("after a server has been started anew no rate is negative", async () => {
  const old = server();
  old.answer(4, 10);
  const before = await old.scrape(0);
  const { perSecond, p50 } = loadBetween(before, await server().scrape(1000));
  expect(perSecond).toBe(0);
  expect(p50).toBeUndefined();
});

test("an answer slower than every bucket is as slow as the last of them", async () => {
  const { scrape, answer } = server();
  const before = await scrape(0);
  answer(60_000);
  expect(loadBetween(before, await scrape(1000)).p50).toBe(2500);
});

test("labels may hold what lines and quotes are made of, and what can't be read is left out", () => {
  const text = ['# HELP a "b"', 'a{x="1,{}\\"\\n\\\\",y="2"} 3 1700000000', "b +Inf", "", "c{ 1", "d NaN"].join("\n");
  expect(parseMetrics(text)).toEqual([
    { name: "a", labels: { x: '1,{}"\n\\', y: "2" }, value: 3 },
    { name: "b", labels: {}, value: Infinity },
    { name: "d", labels: {}, value: NaN },
  ]);
});

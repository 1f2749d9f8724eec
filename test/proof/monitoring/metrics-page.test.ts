import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Counter, Histogram, Registry } from "prom-client";
import { expect, test } from "vitest";
import { Metrics } from "../../../src/metrics/metrics.js";
import { metricsPage, seriesNames } from "../../../src/proof/monitoring/metrics-page.js";
import { PACKAGE_ROOT } from "../../../src/package.js";

test("the manual names every metric and is the one that the registry makes", async () => {
  // Stale? npm run docs:metrics
  expect(readFileSync(join(PACKAGE_ROOT, "docs/metrics.md"), "utf8")).toBe(await metricsPage(new Metrics().registry));
});

test("a histogram is three series, a counter one", async () => {
  const registry = new Registry();
  new Histogram({ name: "h_seconds", help: "H.", registers: [registry] });
  new Counter({ name: "c_total", help: "C.", labelNames: ["x"], registers: [registry] });
  expect(await seriesNames(registry)).toEqual(
    new Set(["h_seconds_bucket", "h_seconds_sum", "h_seconds_count", "c_total"]),
  );
});

test("names follow the conventions: counters end in _total, nothing else does, units are base units, help is a sentence", async () => {
  const metrics = (await new Metrics().registry.getMetricsAsJSON()) as unknown as {
    name: string;
    type: string;
    help: string;
  }[];
  const own = metrics.filter(({ name }) => name.startsWith("onepass_"));
  expect(own.length).toBeGreaterThan(20);
  for (const { name, type, help } of own) {
    expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|mb|percent)(_|$)/);
    expect([name, help]).toEqual([name, expect.stringMatching(/^[A-Z].*\.$/)]);
  }
});

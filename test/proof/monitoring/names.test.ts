import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Metrics } from "../../../src/metrics/metrics.js";
import { seriesOf } from "../../../src/proof/monitoring/expressions.js";
import { readPanels, readRules } from "../../../src/proof/monitoring/files.js";
import { seriesNames } from "../../../src/proof/monitoring/metrics-page.js";
import { PACKAGE_ROOT } from "../../../src/package.js";

const rules = readRules();
/** What Prometheus itself knows of a scrape. */
const OF_PROMETHEUS = ["up"];

/** What may be read: series of a server, and what the rules record. */
async function known(): Promise<Set<string>> {
  const recorded = rules.flatMap(({ record }) => record ?? []);
  return new Set([...(await seriesNames(new Metrics().registry)), ...recorded, ...OF_PROMETHEUS]);
}

test("rules read only what a server shows or another rule records", async () => {
  const names = await known();
  const unknown = rules.flatMap(({ expr }) => seriesOf(expr)).filter((name) => !names.has(name));
  expect(unknown).toEqual([]);
});

test("the dashboard reads only what a server shows or a rule records", async () => {
  const names = await known();
  const read = readPanels().flatMap(({ targets }) => targets.flatMap(({ expr }) => seriesOf(expr)));
  expect(read.length).toBeGreaterThan(40);
  expect(read.filter((name) => !names.has(name))).toEqual([]);
});

test("what is recorded is read somewhere", () => {
  const read = new Set(
    [...rules, ...readPanels().flatMap(({ targets }) => targets)].flatMap(({ expr }) => seriesOf(expr)),
  );
  const recorded = rules.flatMap(({ record }) => record ?? []);
  expect(recorded.filter((name) => !read.has(name))).toEqual([]);
});

test("the manual says of every alert what to do", () => {
  const manual = readFileSync(join(PACKAGE_ROOT, "docs/monitoring.md"), "utf8");
  const headings = new Set([...manual.matchAll(/^### (\w+)$/gm)].map(([, heading]) => heading));
  const alerts = rules.flatMap(({ alert }) => alert ?? []);
  expect(alerts.filter((alert) => !headings.has(alert))).toEqual([]);
});

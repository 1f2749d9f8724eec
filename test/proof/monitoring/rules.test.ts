import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROMETHEUS_FOLDER, readRules } from "../../../src/proof/monitoring/files.js";

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;
if (!hasPromtool)
  console.warn("SKIPPED: the tests of the Prometheus rules, since there is no promtool (Debian: prometheus)");

const tests = join(PROMETHEUS_FOLDER, "tests");
const files = readdirSync(tests).filter((file) => file.endsWith(".yml"));

const PATIENCE_MS = 300_000; // a week of drift takes promtool seconds on an idle machine

test.skipIf(!hasPromtool).each(files)("rules and alerts say what they should: %s", { timeout: PATIENCE_MS }, (file) => {
  const { stdout, stderr, status } = spawnSync("promtool", ["test", "rules", join(tests, file)], { encoding: "utf8" });
  expect(`${stdout}${stderr}`).toContain("SUCCESS");
  expect(status).toBe(0);
});

test.skipIf(!hasPromtool)("Prometheus takes the configuration as it is", () => {
  const config = join(PROMETHEUS_FOLDER, "prometheus.yml");
  expect(execFileSync("promtool", ["check", "config", config], { encoding: "utf8" })).toContain("SUCCESS");
});

test("every alert is seen to fire in a test", () => {
  const text = files.map((file) => readFileSync(join(tests, file), "utf8")).join();
  const alerts = readRules().flatMap(({ alert }) => alert ?? []);
  const fires = (alert: string) => new RegExp(`alertname: ${alert}\\s+exp_alerts:\\s+- exp_labels`).test(text);
  expect(alerts.filter((alert) => !fires(alert))).toEqual([]);
});

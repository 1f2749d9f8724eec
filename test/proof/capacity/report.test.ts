import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { intoPage } from "../../../src/proof/into-page.js";
import { capacityTables, type CapacityReport } from "../../../src/proof/capacity/report.js";
import { PACKAGE_ROOT } from "../../../src/package.js";

const JSON_FILE = join(PACKAGE_ROOT, "docs/results/capacity.json");
const quantiles = (p50_ms: number, p95_ms: number, p99_ms: number) => ({ p50_ms, p95_ms, p99_ms });

const REPORT: CapacityReport = {
  made: "2026-11-30T12:00:00.000Z",
  target: "single-pass of fake@1.0.0",
  replicas: 3,
  measured: {
    service: { samples: 3, mean_ms: 10, quantiles_ms: [9, 10, 12] },
    capacity_per_second: 200,
    effective_cores: 2,
    loads: [
      {
        ...{ percent: 50, per_second: 100, failed: 0 },
        predicted: quantiles(10, 20, 39),
        measured: quantiles(10, 22, 30),
        ratio: quantiles(1, 20 / 22, 1.3),
      },
    ],
    holds: false,
  },
  pricing: { coresOfReplica: 1, dollarsACoreHour: 0.04 },
  sizings: [
    { per_second: 1000, p99_goal_ms: 25, replicas: 12, cores: 12, load: 0.83, dollars_a_month: 350.4, dollars_a_million: 0.13 }, // prettier-ignore
    { per_second: 1000, p99_goal_ms: 5, replicas: null, cores: null, load: null, dollars_a_month: null, dollars_a_million: null }, // prettier-ignore
  ],
  environment: { node: "v20", platform: "linux-x64", cpu: "A CPU", cores: 2, memory_bytes: 1 },
};

test("the tables tell sizes, and which predictions are too far off", () => {
  const tables = capacityTables(REPORT);
  expect(tables).toContain("| 1,000 | 25 ms | 12 | 12 | 83 % | $350 | $0.13 |");
  expect(tables).toContain("| 1,000 | 5 ms | – | – | – | – | – |");
  expect(tables).toContain(
    "| 50 % | 100.0 | 10.0 / 10.0 ms = 1.00 | 20.0 / 22.0 ms = 0.91 | 39.0 / 30.0 ms = **1.30** |",
  );
  expect(tables).toContain("Within 20 %: **missed**");
});

test.skipIf(!existsSync(JSON_FILE))("docs/scaling.md has the tables of docs/results/capacity.json", () => {
  const page = readFileSync(join(PACKAGE_ROOT, "docs/scaling.md"), "utf8");
  const report = JSON.parse(readFileSync(JSON_FILE, "utf8")) as CapacityReport;
  expect(page).toBe(intoPage(page, "npm run capacity", capacityTables(report)));
});

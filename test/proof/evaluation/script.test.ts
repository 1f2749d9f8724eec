import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Manifest } from "../../../src/bundle/manifest.js";
import type { Report } from "../../../src/proof/evaluation/report.js";
import { PACKAGE_ROOT } from "../../../src/package.js";
import { onepass } from "../../cli/binary.js";
import { UTTERANCES } from "./fake-classifier.js";

const BUNDLE = join(PACKAGE_ROOT, "models", "joint-en");
const TIMEOUT_MS = 60_000;

test("a bundle that is not there exits with 2", { timeout: TIMEOUT_MS }, async () => {
  const { code, stdout, stderr } = await onepass(["evaluate", "--bundle", "models/nowhere", "--data", UTTERANCES]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("Bundle nowhere");
});

test.skipIf(!existsSync(BUNDLE))("a real bundle is scored in process", { timeout: TIMEOUT_MS }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "onepass-script-"));
  const json = join(folder, "scores.json");
  const { code, stdout } = await onepass(["evaluate", "--bundle", BUNDLE, "--data", UTTERANCES, "--json", json]);
  const report = JSON.parse(await readFile(json, "utf8")) as Report;
  await rm(folder, { recursive: true });
  const { name, version } = JSON.parse(await readFile(join(BUNDLE, "bundle.json"), "utf8")) as Manifest;
  expect(code).toBe(0);
  expect(report.bundle).toBe(`${name}@${version}`);
  expect(report.data).toMatchObject([{ file: UTTERANCES, rows: 12, refused: 0, truncated: 0 }]);
  expect(Object.keys(report.data[0]!)).toEqual(expect.arrayContaining(["intent", "slots", "exact_match"]));
  expect(stdout).toContain("slot F1");
});

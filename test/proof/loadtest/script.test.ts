import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Report } from "../../../src/proof/loadtest/report.js";
import { PACKAGE_ROOT } from "../../../src/package.js";
import { onepass } from "../../cli/binary.js";

const BUNDLE = "joint-en";
const TIMEOUT_MS = 120_000;

test("a dry run needs no model and no server", { timeout: TIMEOUT_MS }, async () => {
  const { code, stdout } = await onepass(["loadtest", "--dry-run", "--quick", "--gpu"]);
  expect(code).toBe(0);
  expect(stdout).toContain("no round that would end after 52 s, the server's start included");
});

test.skipIf(!existsSync(join(PACKAGE_ROOT, "models", BUNDLE)))(
  "a real engine is measured on a server that is started and stopped",
  { timeout: TIMEOUT_MS },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "onepass-loadtest-"));
    const json = join(folder, "loadtest.json");
    const quick = ["--quick", "--rounds", "1", "--block-seconds", "0.1"];
    const { code, stdout } = await onepass(["loadtest", ...quick, "--targets", "joint-encoder", "--json", json]);
    const report = JSON.parse(await readFile(json, "utf8")) as Report;
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
    expect(report.targets).toMatchObject([{ label: "joint-encoder", engine: "joint-encoder" }]);
    const [target] = report.targets;
    expect(target?.model).toMatch(/^joint-en@/);
    expect(target?.accuracy?.intent).toBeGreaterThan(0.8); // of the evaluation that lies in the bundle
    const [one] = target!.one_client;
    expect(one?.inference.p50).toBeGreaterThan(0);
    expect(one?.http.p50).toBeGreaterThan(one!.inference.p50);
    expect(one?.tokens.generated).toBe(0);
    expect(report.blocks.map(({ errors }) => errors)).toEqual([{}]);
    expect(stdout).toContain("| joint-encoder |");
  },
);

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { proxyCheck, type ProxyReport } from "../../../src/proof/fleet/command.js";
import { TINY } from "../../../src/proof/fleet/options.js";
import { hasHaproxy } from "./fakes.js";

const SLOW_MS = 300_000; // seven starts of a server, on a machine that does other things too

test.skipIf(!hasHaproxy)(
  "no request fails while one server of three is killed and all are restarted in turn",
  { timeout: SLOW_MS },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "onepass-proxy-"));
    const json = join(folder, "proxy.json");
    const told: string[] = [];
    const screen = { write: (text: string) => told.push(text) > 0 };
    const options = { ...TINY, restarts: 2, calmMs: 300, clients: 2, pauseMs: 20, json };
    const stop = new AbortController().signal;
    const passed = await proxyCheck(options, { env: process.env, stop, stdout: screen, stderr: screen });
    const report = JSON.parse(await readFile(json, "utf8")) as ProxyReport;
    await rm(folder, { recursive: true });
    expect(report.phases.flatMap(({ faults }) => faults)).toEqual([]);
    expect(passed).toBe(true);
    expect(report.phases.map(({ what }) => what)).toEqual([
      ...["calm", "one server killed", "and started again"],
      ...["rolling restart", "2 restarts by SIGTERM"],
    ]);
    expect(report.phases.every(({ answered }) => answered > 0)).toBe(true);
    expect(report.servers).toHaveLength(3);
  },
);

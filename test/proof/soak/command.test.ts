import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseWishes } from "../../../src/proof/loadtest/targets.js";
import { PACKAGE_ROOT } from "../../../src/package.js";
import { soakCommand, textsFor } from "../../../src/proof/soak/command.js";
import type { SoakReport } from "../../../src/proof/soak/report.js";

const LOADING_MS = 240_000; // on a machine that does other things too
const MIB = 2 ** 20;

test(
  "a server of its own is soaked for each engine, and the file keeps what it knew of others",
  { timeout: LOADING_MS },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "onepass-soak-"));
    const json = join(folder, "soak.json");
    await writeFile(json, '{"other":{"passed":true}}');
    let told = "";
    const screen = { write: (text: string) => (told += text) !== "" };
    const targets = parseWishes(["single-pass:tiny-prefix", "dual-encoder:roberta-small"]);
    const env = { ...process.env, ONEPASS_MODELS_DIR: join(PACKAGE_ROOT, "test/fixtures") };
    const stop = new AbortController().signal;
    const options = { targets, texts: 120, clients: 2, seed: 1, json };
    await soakCommand(options, { env, stop, stdout: screen, stderr: screen });
    const report = JSON.parse(await readFile(json, "utf8")) as SoakReport;
    await rm(folder, { recursive: true });
    expect(Object.keys(report)).toEqual(["other", "single-pass:tiny-prefix", "dual-encoder:roberta-small"]);
    const [, decoder, encoders] = Object.values(report);
    const soaked = { texts: 120, complete: true, errors: 0, faults: [] };
    expect(decoder).toMatchObject({ model: "tiny-prefix@0.1.0", ...soaked });
    expect(encoders).toMatchObject(soaked);
    // Of the process, not of nothing; how it grows in seconds says nothing.
    for (const [, bytes] of decoder!.samples) expect(bytes).toBeGreaterThan(40 * MIB);
    expect(told).toContain("| `single-pass:tiny-prefix` | tiny-prefix@0.1.0 | 120 | 0 |");
  },
);

test("an engine that writes is asked a twentieth of the texts", () => {
  expect(
    ["single-pass", "dual-encoder", "generate", "dual-decoder"].map((engine) => textsFor(engine, 100_000)),
  ).toEqual([...[100_000, 100_000, 5_000, 5_000]]);
});

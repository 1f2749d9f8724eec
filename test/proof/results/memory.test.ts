import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadBundle } from "../../../src/bundle/bundle.js";
import { PACKAGE_ROOT } from "../../../src/package.js";
import { measureMemory, WARM_UP } from "../../../src/proof/results/memory.js";
import { SYSTEMS } from "../../../src/proof/results/systems.js";

const MIB = 2 ** 20;
const SMALLEST = SYSTEMS.find(({ label }) => label === "joint-encoder")!;
const FOLDER = join(PACKAGE_ROOT, SMALLEST.bundle);
const LOADING_MS = 240_000; // on a machine that does other things too

test("the warm-up has short and long sentences", () => {
  const lengths = WARM_UP.map((text) => text.split(" ").length);
  expect(Math.min(...lengths)).toBeLessThan(3);
  expect(Math.max(...lengths)).toBeGreaterThan(12);
});

test.skipIf(!existsSync(FOLDER))(
  "a server of one bundle is started, asked and stopped",
  { timeout: LOADING_MS },
  async () => {
    const bundle = await loadBundle(FOLDER);
    const record = await measureMemory(SMALLEST, bundle, process.env, new AbortController().signal);
    expect(record).toMatchObject({ system: "joint-encoder", requests: WARM_UP.length });
    expect(record.bundle).toBe(`${bundle.manifest.name}@${bundle.manifest.version}`);
    // The weights are in it, and no second model.
    expect(record.files_bytes).toBeGreaterThan(10 * MIB);
    expect(record.resident_bytes).toBeGreaterThan(record.files_bytes);
    expect(record.resident_bytes).toBeLessThan(1024 * MIB);
  },
);

test("a server that does not start is told with its last words", { timeout: LOADING_MS }, async () => {
  const bundle = { folder: join(PACKAGE_ROOT, "nowhere", "at-all"), manifest: { name: "missing" } };
  await expect(measureMemory(SMALLEST, bundle as never, process.env, new AbortController().signal)).rejects.toThrow(
    /the server ended \(exit code \d\): [^]*can't be read/,
  );
});

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { clientTypes } from "../../scripts/client-types.js";
import { PACKAGE_ROOT } from "../../src/package.js";

const FOLDER = join(PACKAGE_ROOT, "clients/typescript");
const run = promisify(execFile);

test("its types are those of the OpenAPI document; npm run docs:clients writes them", async () => {
  expect(readFileSync(join(FOLDER, "src/schema.ts"), "utf8")).toBe(await clientTypes());
});

test("it builds by itself, without Node's types, and what it builds can be imported", async () => {
  const out = mkdtempSync(join(tmpdir(), "client-"));
  await run(process.execPath, [join(PACKAGE_ROOT, "node_modules/typescript/bin/tsc"), "-p", FOLDER, "--outDir", out]);
  const built = (await import(pathToFileURL(join(out, "index.js")).href)) as Record<string, unknown>;
  expect(Object.keys(built).sort()).toEqual(["ConnectionError", "OnepassClient", "OnepassError", "TimeoutError"]);
  expect(readFileSync(join(out, "index.d.ts"), "utf8")).toContain("OnepassClient");
});

test("the package has what is built and no dependency", () => {
  const { files, dependencies } = JSON.parse(readFileSync(join(FOLDER, "package.json"), "utf8")) as {
    files: string[];
    dependencies?: unknown;
  };
  expect(files).toEqual(["dist"]);
  expect(dependencies).toBeUndefined();
});

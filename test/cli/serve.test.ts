import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serve } from "../../src/cli/serve.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { loaded, urlOf } from "../e2e/process.js";
import { onepass } from "./binary.js";

const FIXTURES = join(import.meta.dirname, "../fixtures");

test("every setting is an option", () => {
  expect(serve.parse(["--port", "9000", "--max-texts=5", "--models-dir", "mine"])).toEqual({
    ONEPASS_PORT: "9000",
    ONEPASS_MAX_TEXTS: "5",
    ONEPASS_MODELS_DIR: "mine",
  });
  expect(serve.parse([])).toEqual({});
  expect(() => serve.parse(["--prot", "1"])).toThrow("unknown option '--prot'");
});

test("a bad value ends the start with exit code 2, an option counts more than a variable", async () => {
  const { code, stderr } = await onepass(["serve", "--gpu", "metal"], { env: { ONEPASS_GPU: "off" } });
  expect(code).toBe(2);
  expect(stderr).toContain('ONEPASS_GPU: must be one of auto, cuda, off, not "metal"');
});

test("the binary serves until it is told to stop", { timeout: 180_000 }, async () => {
  const args = ["serve", "--port", "0", "--models-dir", FIXTURES, "--models", "roberta-small", "--threads", "1"];
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, "bin/onepass.js"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = await urlOf(child);
  expect((await loaded(url)).status).toBe(200); // native code that loads can't be told to stop
  child.kill("SIGTERM");
  expect(await once(child, "close")).toEqual([0, null]);
});

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outcomeOf, startProcess } from "./process.js";

let empty: string;
beforeAll(() => {
  empty = mkdtempSync(join(tmpdir(), "onepass-empty-"));
});
afterAll(() => {
  rmSync(empty, { recursive: true });
});

test("bad settings end the start with exit code 2 and are all named", async () => {
  const { code, stderr } = await outcomeOf(startProcess({ ONEPASS_GPU: "metal", ONEPASS_PROT: "80" }));
  expect(code).toBe(2);
  expect(stderr).toContain("ONEPASS_GPU: must be one of auto, cuda, off");
  expect(stderr).toContain("ONEPASS_PROT: there is no such setting");
  expect(stderr).not.toContain("    at ");
});

test("a setting that names a model that is not there ends the start with exit code 2", async () => {
  const { code, stderr } = await outcomeOf(startProcess({ ONEPASS_MODELS_DIR: empty, ONEPASS_DEFAULT_MODEL: "llama" }));
  expect(code).toBe(2);
  expect(stderr).toContain("ONEPASS_DEFAULT_MODEL");
});

test.each([
  ["without models", () => empty, "no folder in it has a bundle.json"],
  ["with a folder of models that is not there", () => join(empty, "nowhere"), "can't be read"],
])("a server %s ends with exit code 1 and says so", async (_name, directory, message) => {
  const { code, stderr } = await outcomeOf(startProcess({ ONEPASS_MODELS_DIR: directory() }));
  expect(code).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("    at ");
});

test("an address that is not this machine's is told", async () => {
  const { code, stderr } = await outcomeOf(startProcess({ ONEPASS_HOST: "192.0.2.1" })); // of no machine: RFC 5737
  expect(code).toBe(1);
  expect(stderr).toContain("This machine has no address 192.0.2.1. Set ONEPASS_HOST");
  expect(stderr).not.toContain("    at ");
});

test("a port that is taken is told", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const { code, stderr } = await outcomeOf(startProcess({ ONEPASS_PORT: String(port) }));
  other.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`127.0.0.1:${port} is taken`);
});

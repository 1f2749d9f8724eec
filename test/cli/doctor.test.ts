import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { doctor } from "../../src/cli/doctor.js";
import { onepass } from "./binary.js";
import { fakeIo } from "./io.js";

const FIXTURES = join(import.meta.dirname, "../fixtures");

async function run(env: Record<string, string>, ...args: string[]) {
  const io = fakeIo({ env });
  return { code: await doctor.run(args, io), ...io.told };
}

test("this machine is looked at", async () => {
  const { stdout } = await run({ ONEPASS_MODELS_DIR: FIXTURES, ONEPASS_PORT: "0" }, "--json");
  const { diagnoses } = JSON.parse(stdout) as { diagnoses: { what: string; state: string; found: string }[] };
  expect(diagnoses).toContainEqual({ what: "Node", state: "ok", found: process.versions.node });
  expect(diagnoses).toContainEqual({ what: "native packages", state: "ok", found: "llama.cpp, ONNX Runtime" });
  expect(diagnoses.filter(({ what }) => what === "bundle").map(({ found }) => found.split("@")[0])).toContain(
    "tiny-causal",
  );
});

test("what is wrong is told with advice, and the exit code says so", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const { code, stdout } = await run({ ONEPASS_MODELS_DIR: FIXTURES, ONEPASS_PORT: String(port) });
  other.close();
  expect(code).toBe(1);
  expect(stdout).toContain(`BAD   port: 127.0.0.1:${port} is taken by another process`);
  expect(stdout).toContain("-> Set ONEPASS_PORT to a free port");
  expect((await run({ ONEPASS_PROT: "80" })).stdout).toContain(
    "BAD   settings: ONEPASS_PROT: there is no such setting",
  );
});

test("the binary looks, too", async () => {
  const { code, stdout } = await onepass(["doctor"], { env: { ONEPASS_MODELS_DIR: FIXTURES, ONEPASS_PORT: "0" } });
  expect(stdout).toMatch(/^ok {4}Node: \d+/);
  expect([0, 1]).toContain(code); // whatever this machine has
});

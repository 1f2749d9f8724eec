import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readConfig } from "../../src/config/read.js";
import { findModels } from "../../src/house/models.js";
import { PACKAGE_ROOT } from "../../src/package.js";

const FIXTURES = join(PACKAGE_ROOT, "test/fixtures");

let broken: string;
beforeAll(() => {
  broken = mkdtempSync(join(tmpdir(), "onepass-models-"));
  mkdirSync(join(broken, "mine"));
  writeFileSync(join(broken, "mine/bundle.json"), "{");
});
afterAll(() => {
  rmSync(broken, { recursive: true });
});

async function find(env: Record<string, string>) {
  const lines: string[] = [];
  const found = await findModels(readConfig(env), pino({}, { write: (line) => void lines.push(line) }));
  return { ...found, lines };
}

test.each([
  [{ ONEPASS_MODELS: "tiny" }, /ONEPASS_MODELS: there is no model tiny in .*; there are .*tiny-causal, tiny-prefix/],
  [
    { ONEPASS_MODELS: "tiny-prefix", ONEPASS_DEFAULT_MODEL: "tiny" },
    /ONEPASS_DEFAULT_MODEL: .* there are tiny-prefix$/,
  ],
  [{ ONEPASS_MODELS: "tiny-prefix", ONEPASS_SHADOW_MODEL: "tiny" }, /ONEPASS_SHADOW_MODEL: .* there are tiny-prefix$/],
])("%j: a name that fits nothing is told together with those that there are", async (env, message) => {
  await expect(find({ ONEPASS_MODELS_DIR: FIXTURES, ...env })).rejects.toThrow(message);
});

test("a bundle that is at fault is told in a line without our stack, and keeps nobody else from being served", async () => {
  const { bundles, lines } = await find({
    ONEPASS_MODELS_DIR: `${broken}:${FIXTURES}`,
    ONEPASS_MODELS: "mine,tiny-prefix",
  });
  expect(bundles.map(({ manifest }) => manifest.name)).toEqual(["tiny-prefix"]);
  expect(lines).toHaveLength(1);
  const { model, reason } = JSON.parse(lines[0]!) as Record<string, string>;
  expect([model, reason]).toEqual(["mine", expect.stringContaining("bundle.json is no JSON: ")]);
  expect(lines[0]).not.toContain("stack");
});

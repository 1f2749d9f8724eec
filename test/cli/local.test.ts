import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLocal } from "../../src/cli/local.js";
import { writeBundle } from "../bundle/manifests.js";
import { fakeIo } from "./io.js";

/** Bundles that are sound until llama.cpp opens them: the weights are a header alone. */
let models: string;
beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), "onepass-local-"));
  await writeBundle(join(models, "tiny"));
});
afterAll(() => rm(models, { recursive: true }));

const open = (needed: { model?: string; engine?: string }) =>
  openLocal(fakeIo({ env: { ONEPASS_MODELS_DIR: models } }), needed);

test.each([
  [{ model: "tny" }, 'There is no such model; there are tiny@1.2.3. Did you mean "tiny"?'],
  [{ model: "tiny", engine: "generate" }, 'The model tiny@1.2.3 has the engine "single-pass", not "generate".'],
  [{ engine: "joint-encoder" }, 'No model here has the engine "joint-encoder".'],
])("%j: whoever can't answer is told before anything is loaded", async (needed, message) => {
  await using local = await open(needed);
  await expect(local.classify({ text: "a", ...needed })).rejects.toThrow(message);
});

test("what would answer and can't be loaded is told in its own words", async () => {
  await using local = await open({ model: "tiny" });
  await expect(local.classify({ text: "a", model: "tiny" })).rejects.toMatchObject({ code: "invalid_bundle" });
});

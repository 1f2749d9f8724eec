import { join } from "node:path";
import { expect, test } from "vitest";
import { models } from "../../src/cli/models.js";
import { ApiServer } from "./api-server.js";
import { onepass } from "./binary.js";
import { fakeIo } from "./io.js";

const FIXTURES = join(import.meta.dirname, "../fixtures");

async function run(args: string[], env = {}) {
  const io = fakeIo({ env });
  return { code: await models.run(args, io), ...io.told };
}

test("the bundles of a folder are listed with what they answer, and nothing is loaded", async () => {
  const { code, stdout } = await run([], { ONEPASS_MODELS_DIR: FIXTURES, ONEPASS_DEFAULT_MODEL: "roberta-small" });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^model +engine +role +labels/);
  expect(stdout).toMatch(/roberta-small@\S+ +dual-encoder +default +\d+ intents, \d+ slots/);
  expect(stdout).toMatch(/tiny-causal@0\.1\.0 +generate +5 intents, 3 slots, 3 topics +96\/192/);
  expect(stdout).not.toContain("loading");
});

test("JSON has all labels", async () => {
  const { stdout } = await run(["--json"], { ONEPASS_MODELS_DIR: FIXTURES, ONEPASS_MODELS: "tiny-causal" });
  const { models: listed } = JSON.parse(stdout) as { models: Record<string, unknown>[] };
  expect(listed).toMatchObject([
    { model: "tiny-causal@0.1.0", default: true, tasks: { slots: { labels: ["time", "date", 'a "b"'] } } },
  ]);
  expect(listed[0]).not.toHaveProperty("state");
});

test("a server tells the state of each", async () => {
  const model = { model: "m@1.0.0", engine: "single-pass", state: "ready", default: true, fallback: false };
  const info = {
    ...model,
    tasks: { intent: { labels: ["a"] } },
    limits: { window_tokens: 1, max_tokens: 2 },
    language: "en",
    license: "MIT",
  };
  await using server = await ApiServer.start(() => ({ body: { models: [info] } }));
  expect((await run(["--url", server.url])).stdout).toMatch(
    /m@1\.0\.0 +single-pass +default +ready +1 intents +1\/2 +en +MIT\n$/,
  );
});

test.each([
  [{ ONEPASS_MODELS_DIR: "/nowhere" }, "can't be read"],
  [{ ONEPASS_MODELS_DIR: FIXTURES, ONEPASS_MODELS: "nobody" }, "there is no model nobody"],
  [{ ONEPASS_MODELS_DIR: import.meta.dirname }, "holds no bundle"],
  [{ ONEPASS_GPU: "metal" }, "ONEPASS_GPU: must be one of"],
])("%j is told", async (env, message) => {
  expect(await run([], env)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(message) });
});

test("the binary lists models", async () => {
  const { code, stdout } = await onepass(["models"], {
    env: { ONEPASS_MODELS_DIR: FIXTURES, ONEPASS_MODELS: "tiny-causal" },
  });
  expect([code, stdout]).toEqual([0, expect.stringContaining("tiny-causal@0.1.0")]);
});

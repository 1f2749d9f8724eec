import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compare } from "../../src/cli/compare.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { answerTo, ApiServer } from "./api-server.js";
import { onepass } from "./binary.js";
import { fakeIo } from "./io.js";

const { id: _id, model: _model, engine: _engine, fallback: _fallback, ...rest } = answerTo("nine");
const RESULTS = [
  { model: "fake@1.0.0", engine: "single-pass", answer: rest },
  { model: "other@1.0.0", engine: "generate", error: { code: "engine_failed", message: "It broke." } },
];

async function run(results: object[], ...args: string[]) {
  await using server = await ApiServer.start(() => ({ body: { id: "r", results } }));
  const io = fakeIo();
  return { code: await compare.run(["--url", server.url, ...args], io), ...io.told, calls: server.calls };
}

test("every engine's answer stands beside the others', with its time and tokens", async () => {
  const { code, stdout } = await run(RESULTS, "nine");
  expect(code).toBe(0);
  expect(stdout).toBe(`nine

single-pass on fake@1.0.0: 3.2 ms, 9 tokens read, 0 written
  intent  alarm_set 90.0 %
  slots   time "nine" 80.0 %

generate on other@1.0.0
  engine_failed: It broke.
`);
});

test("engines are named alone or with a model, and JSON is the API's answer", async () => {
  const { stdout, calls } = await run(
    RESULTS,
    "nine",
    "--engines",
    "single-pass,generate:m@1.0.0",
    "--tasks",
    "intent",
    "--json",
  );
  expect(JSON.parse(stdout)).toEqual({ id: "r", results: RESULTS });
  expect(calls[0]).toMatchObject({
    path: "/compare",
    body: {
      text: "nine",
      tasks: ["intent"],
      engines: [{ engine: "single-pass" }, { engine: "generate", model: "m@1.0.0" }],
    },
  });
});

test("when no engine answers it has failed", async () => {
  expect((await run(RESULTS.slice(1), "nine")).code).toBe(1);
});

test.each([
  [[], "text is missing"],
  [[" "], "text: is empty"],
  [["a", "--engines", "gpt"], '--engines: "gpt" is unknown'],
  [["a", "--engines", "generate:"], '"generate:" has no model'],
])("%j is refused", async (args, message) => {
  expect(await run([], ...args)).toMatchObject({ code: 2, calls: [], stderr: expect.stringContaining(message) });
});

test.skipIf(!existsSync(join(PACKAGE_ROOT, "models/joint-en")))(
  "the binary compares engines in its own process",
  { timeout: 180_000 },
  async () => {
    const env = { ONEPASS_MODELS: "joint-en" };
    const { code, stdout } = await onepass(["compare", "wake me up at nine", "--json"], { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      results: [{ engine: "joint-encoder", answer: { intent: { name: "alarm_set" } } }],
    });
  },
);

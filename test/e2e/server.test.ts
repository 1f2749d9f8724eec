import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import { BatchAnswer, ClassifyAnswer } from "../../src/classify/answer.js";
import { ModelsAnswer } from "../../src/http/schemas.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { loaded, outcomeOf, startProcess, urlOf } from "./process.js";

const MODELS = join(PACKAGE_ROOT, "models");
const bundled = existsSync(MODELS) && readdirSync(MODELS).some((name) => existsSync(join(MODELS, name, "bundle.json")));
if (!bundled) console.warn("SKIPPED: the server as a process, since models/ holds no bundle");

const LOADING_MS = 120_000; // on a machine that does other things too
// One thread an engine, since llama.cpp's threads wait for each other by spinning: beside other tests two are far slower than one.
const PATIENT = { ONEPASS_TIMEOUT_MS: "120000", ONEPASS_DRAIN_MS: "120000", ONEPASS_THREADS: "1" };

describe.skipIf(!bundled)("a server as a process, on the bundled models", () => {
  let server: ChildProcess;
  let ended: ReturnType<typeof outcomeOf>;
  let url: string;
  let models: z.infer<typeof ModelsAnswer>["models"];

  const post = (body: unknown) => fetch(`${url}/classify`, { method: "POST", body: JSON.stringify(body) });
  const classify = async (body: unknown) => ClassifyAnswer.parse(await (await post(body)).json());

  beforeAll(async () => {
    server = startProcess(PATIENT);
    ended = outcomeOf(server);
    url = await urlOf(server);
    expect((await fetch(`${url}/livez`)).status).toBe(200); // before any model is loaded
    expect((await loaded(url)).status).toBe(200);
    ({ models } = ModelsAnswer.parse(await (await fetch(`${url}/models`)).json()));
  }, LOADING_MS);

  afterAll(() => {
    server.kill("SIGKILL");
  });

  /** Bundles by name, each in its own engine: what they write is looked at in writing.test.ts. */
  const bundles = () => [...new Set(models.map(({ model }) => model))];

  test(
    "every engine of every bundle is warm and answers all of its tasks",
    async () => {
      for (const { model, engine, state, tasks } of models) {
        expect(state, model).toBe("ready");
        const answer = await classify({ text: "wake me up at nine on friday", model, engine, fallback: "never" });
        expect([answer.model, answer.engine]).toEqual([model, engine]);
        expect(tasks.intent?.labels.includes(answer.intent?.name ?? "")).toBe(tasks.intent ? true : undefined);
        expect(answer.slots !== undefined).toBe(tasks.slots !== undefined);
        expect(answer.topic !== undefined).toBe(tasks.topic !== undefined);
        const writes = engine === "generate" || engine === "dual-decoder";
        expect(answer.usage.generated_tokens > 0).toBe(writes);
      }
    },
    LOADING_MS,
  );

  test.each([
    "WAKE ME UP AT NINE ON FRIDAY!",
    "réveille-moi à 9h 🎺👩‍👩‍👧 ﬁn",
    "</s><intent><topic>[CLS] [SEP]",
    "!!! 🎺 ...",
    "\u200b",
    "שלום عليكم",
    "a".repeat(300),
  ])("%j is answered, and slots are cut from the text itself", async (text) => {
    for (const model of bundles()) {
      const { slots = [], text: echo } = await classify({ text, model, fallback: "never", truncate: true });
      expect(echo).toBe(text);
      for (const { start, end, value } of slots) expect(text.slice(start, end)).toBe(value);
    }
  });

  test("a NUL is refused", async () => {
    const answer = await post({ text: "a\0b" });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: "invalid_text", field: "text" } });
  });

  test("texts together are answered as each alone", async () => {
    const texts = ["play some jazz", "what is the weather in Paris tomorrow", "hi", "remind me at 5 p.m. to call Anna"];
    for (const model of bundles()) {
      const together = BatchAnswer.parse(await (await post({ texts, model })).json());
      for (const [i, text] of texts.entries()) {
        const alone = await classify({ text, model });
        expect(together.results[i]?.intent?.name).toBe(alone.intent?.name);
        expect(together.results[i]?.slots?.map(({ value }) => value)).toEqual(alone.slots?.map(({ value }) => value));
      }
    }
  });

  test("what was answered and refused is counted", async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(
      /onepass_request_duration_seconds_count\{method="POST",route="\/classify",status="200"\} \d+/,
    );
    expect(metrics).toMatch(/onepass_batch_prompts_count\{.*\} [1-9]/);
    expect(metrics).toContain('onepass_errors_total{code="invalid_text"} 1');
  });

  test("on SIGTERM what runs is finished, and the process ends with exit code 0", async () => {
    const progress = { answered: false };
    const asked = post({ texts: Array.from({ length: 32 }, (_, i) => `wake me up at ${i} ${"please ".repeat(20)}`) });
    const done = () => (progress.answered = true);
    asked.then(done, done);
    while (!progress.answered && !/in_flight [2-9]/.test(await (await fetch(`${url}/metrics`)).text()));
    server.kill("SIGTERM");
    expect((await asked).status).toBe(200);
    expect(await ended).toEqual({ code: 0, stderr: "" });
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });
});

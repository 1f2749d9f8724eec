import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Bundle } from "../../../src/bundle/bundle.js";
import type { GeneratorModel } from "../../../src/bundle/manifest.js";
import { SharedModels, type LoadedModel } from "../../../src/engines/decoder/model.js";
import type { EngineName, WrittenAnswer } from "../../../src/engines/engine.js";
import { readAnswer } from "../../../src/engines/generate/answer.js";
import { GeneratingEngine } from "../../../src/engines/generate/generating.js";
import { openWriters } from "../../../src/engines/generate/open.js";
import { AnswerWriter, type Written } from "../../../src/engines/generate/writer.js";
import { parseTagSet } from "../../../src/tasks/bio.js";
import { TASK_NAMES, type TaskName } from "../../../src/tasks/task.js";
import { prepareText, spelledWords } from "../../../src/text/prepare.js";
import { tinyBundle, tinyModel, withModel, withPrompt } from "./tiny.js";

const FILE = "decoder.gguf";
const causal = await tinyBundle("tiny-causal");
const prefix = await tinyBundle("tiny-prefix");
const plain = { kind: "plain", template: "<|im_start|>{text}\n" } as const;
const decoder = (...tasks: TaskName[]): GeneratorModel["decoders"][number] => ({
  file: FILE,
  tasks,
  prompt: plain,
  values: "free",
});
const apart = withModel(causal, {
  engine: "dual-decoder",
  decoders: [decoder("slots"), decoder("intent", "topic")],
});

const WAYS: [string, Bundle, EngineName][] = [
  ["a causal model's chat", causal, "generate"],
  ["a causal model, in a plain template", withPrompt(causal, plain), "generate"],
  ["a causal model, asked task by task", apart, "dual-decoder"],
  ["a prefix LM that also writes", prefix, "generate"],
  ["a prefix LM that also writes, asked task by task", prefix, "dual-decoder"],
];

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(WAYS)("%s", (_name, bundle, name) => {
  const { tasks, text: options, limits } = bundle.manifest;
  let engine: GeneratingEngine;
  beforeAll(async () => {
    const models = new SharedModels(() => tinyModel(bundle));
    const runtime = await openWriters(bundle, name, { threads: 1, model: (file) => models.use(file) });
    engine = new GeneratingEngine(name, bundle, runtime);
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
  });

  const ask = async (text: string, asked: readonly TaskName[] = TASK_NAMES): Promise<WrittenAnswer> => {
    const request = { text: prepareText(text, options), truncate: true, field: "text" };
    const [answer] = await engine.score([request], asked, new AbortController().signal);
    return answer!;
  };

  const pieces = fc.constantFrom(
    "wake me",
    "at nine",
    "café",
    "🎺👩‍👩‍👧",
    '"quoted"',
    "{}[]",
    "\\",
    "<|im_end|>",
    "a",
    "\u0007",
  );
  const texts = fc.oneof(
    fc.array(pieces, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(" ")),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }),
  );
  const asked = fc.subarray([...TASK_NAMES], { minLength: 1 });

  test("whatever the weights do, an answer is valid by the schema", async () => {
    const writes = vi.spyOn(AnswerWriter.prototype, "write");
    const slotNames = parseTagSet(tasks.slots!.tags).slots;
    await fc.assert(
      fc.asyncProperty(texts, asked, async (text, asked) => {
        writes.mockClear();
        const spelled = spelledWords(prepareText(text, options)).join(" ");
        const { written, droppedSlots, truncated, ...effort } = await ask(text, asked);
        expect(Object.keys(written).sort()).toEqual([...asked].sort());
        if (written.intent) expect(tasks.intent!.labels).toContain(written.intent.name);
        for (const { name } of written.topic ?? []) expect(tasks.topic!.labels).toContain(name);
        let last = 0;
        for (const { name, value, start, end, confidence } of written.slots ?? []) {
          expect(slotNames).toContain(name);
          expect(value).toBe(text.slice(start, end));
          expect(value).not.toBe("");
          expect(start).toBeGreaterThanOrEqual(last);
          expect(confidence).toBeGreaterThan(0);
          last = end;
        }
        for (const { confidence } of [written.intent, ...(written.topic ?? [])].filter(
          (label) => label !== undefined,
        )) {
          expect(confidence).toBeGreaterThan(0);
          expect(confidence).toBeLessThanOrEqual(1 + 1e-6);
        }

        const answers = await Promise.all(writes.mock.results.map(({ value }) => value as Promise<Written>));
        const limitsOf = writes.mock.calls.map(([, , maxTokens]) => maxTokens);
        for (const [i, { json, generatedTokens, confidences }] of answers.entries()) {
          const read = readAnswer(json);
          // Cut at the limit or whole, which is said in the keys' order, without a space.
          if (generatedTokens < limitsOf[i]!) expect(JSON.stringify(JSON.parse(json))).toBe(normalized(json));
          for (const [slot, value] of (read.slots ?? []).flatMap((slot) => Object.entries(slot))) {
            expect(slotNames).toContain(slot);
            if (bundle === prefix) expect(` ${spelled} `).toContain(` ${value.trim()} `);
          }
          const labels =
            (read.intent === undefined ? 0 : 1) + (read.slots?.length ?? 0) + (read.topic === undefined ? 0 : 1);
          expect(confidences.length).toBeGreaterThanOrEqual(labels);
        }
        const sum = (count: "promptTokens" | "cachedTokens" | "generatedTokens") =>
          answers.reduce((total, answer) => total + answer[count], 0);
        expect(effort).toMatchObject({
          promptTokens: sum("promptTokens"),
          cachedTokens: sum("cachedTokens"),
          generatedTokens: sum("generatedTokens"),
        });
        expect(droppedSlots + (written.slots?.length ?? 0)).toBe(
          answers.reduce((total, { json }) => total + (readAnswer(json).slots?.length ?? 0), 0),
        );
        expect(truncated?.totalTokens ?? Infinity).toBeGreaterThan(limits.window_tokens);
      }),
      { numRuns: 15 },
    );
  }, 180_000);

  test("an answer does not depend on what was asked before", async () => {
    const said = ({ written }: WrittenAnswer) =>
      JSON.stringify(written, (_key, value: unknown) => (typeof value === "number" ? Math.round(value * 1000) : value));
    const first = said(await ask("wake me at nine"));
    const other = said(await ask("remind me to feed the cat at six"));
    expect(said(await ask("wake me at nine"))).toBe(first);
    expect(said(await ask("remind me to feed the cat at six"))).toBe(other);
  });

  test("reads the windows of a long text for its topic", async () => {
    const { written, truncated } = await ask("nine ".repeat(limits.window_tokens * 3));
    expect(truncated?.readTokens).toBe(limits.window_tokens);
    const shares = written.topic!.reduce((sum, { confidence }) => sum + confidence, 0);
    expect(shares).toBeLessThanOrEqual(1 + 1e-6);
  });
});

/** JSON as `JSON.stringify` spells it: escapes that the grammar allows and nobody needs are gone. */
function normalized(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"/gsu, (string) => JSON.stringify(JSON.parse(string)));
}

describe("the constant beginning of a prompt", () => {
  const open = async (bundle: Bundle, name: EngineName) => {
    const models = new SharedModels(() => tinyModel(bundle));
    const runtime = await openWriters(bundle, name, { threads: 1, model: (file) => models.use(file) });
    const run = async (text: string) => {
      const prepared = prepareText(text, bundle.manifest.text);
      const forward = { tasks: TASK_NAMES, ...runtime.encode(prepared) };
      return runtime.run(forward, spelledWords(prepared), new AbortController().signal);
    };
    return { runtime, run };
  };

  test("is read once of a causal model, at the warm-up: the first text already finds it", async () => {
    const { runtime, run } = await open(causal, "generate");
    const [answer] = await run("at nine");
    const frame = "<|im_start|>system\nAnswer as JSON.<|im_end|>\n<|im_start|>user\nText: ".length;
    expect(answer!.cachedTokens).toBeGreaterThan(frame / 3);
    expect(answer!.cachedTokens).toBeLessThan(answer!.promptTokens);
    await runtime[Symbol.asyncDispose]();
  });

  test("is read again each time of a prefix LM, whose states depend on the text", async () => {
    const { runtime, run } = await open(prefix, "generate");
    for (let i = 0; i < 2; i++) expect((await run("at nine"))[0]).toMatchObject({ cachedTokens: 0 });
    await runtime[Symbol.asyncDispose]();
  });

  test("is each decoder's own", async () => {
    const { runtime, run } = await open(apart, "dual-decoder");
    await run("wake me at nine");
    const again = await run("wake me at ten");
    expect(again.map(({ answer }) => Object.keys(answer))).toEqual([["slots"], expect.arrayContaining(["intent"])]);
    for (const { cachedTokens } of again) expect(cachedTokens).toBeGreaterThan(0);
    await runtime[Symbol.asyncDispose]();
  });
});

test("only the decoders of the tasks that are asked for are asked", async () => {
  const models = new SharedModels(() => tinyModel(prefix));
  const runtime = await openWriters(prefix, "dual-decoder", { threads: 1, model: (file) => models.use(file) });
  const forward = { tasks: ["slots", "topic"] as const, ids: [40, 41], words: [0] };
  const answers = await runtime.run(forward, ["nine"], new AbortController().signal);
  expect(answers.map(({ answer }) => Object.keys(answer))).toEqual([["slots"], ["topic"]]);
  await runtime[Symbol.asyncDispose]();
});

test("a chat's text is tokenised as a whole and without a space before it, read-outs by pieces", async () => {
  const encoded = async (bundle: Bundle) => {
    const models = new SharedModels(() => tinyModel(bundle));
    const loaded = await models.use(FILE);
    const runtime = await openWriters(bundle, "generate", { threads: 1, model: (file) => models.use(file) });
    const { ids, words } = runtime.encode(prepareText("  At Nine!", bundle.manifest.text));
    const text = loaded.model.detokenize(ids as Parameters<typeof loaded.model.detokenize>[0]);
    await runtime[Symbol.asyncDispose]();
    await loaded[Symbol.asyncDispose]();
    return { text, words: words.length };
  };
  expect(await encoded(causal)).toEqual({ text: "at nine!", words: 2 });
  expect(await encoded(prefix)).toEqual({ text: " at nine!", words: 2 });
});

describe("what can't be opened", () => {
  const opened: LoadedModel[] = [];
  let closed = 0;
  const load = async (file: string): Promise<LoadedModel> => {
    if (file !== FILE) throw new Error("no such file");
    const loaded = await tinyModel(causal);
    opened.push(loaded);
    const dispose = async () => {
      closed += 1;
      await loaded[Symbol.asyncDispose]();
    };
    return { ...loaded, [Symbol.asyncDispose]: dispose };
  };
  afterEach(() => {
    closed = 0;
    opened.length = 0;
  });

  test("closes the decoders that were opened before it", async () => {
    const bundle = withModel(causal, {
      engine: "dual-decoder",
      decoders: [decoder("slots"), { ...decoder("intent", "topic"), file: "other.gguf" }],
    });
    await expect(openWriters(bundle, "dual-decoder", { threads: 1, model: load })).rejects.toThrow("no such file");
    expect([opened.length, closed]).toEqual([1, 1]);
    expect(opened[0]!.model.disposed).toBe(true);
  });

  test("closes its file when it has no room", async () => {
    const model = async (file: string) => {
      const loaded = await load(file);
      vi.spyOn(loaded.model, "createContext").mockRejectedValue(new Error("no memory"));
      return loaded;
    };
    await expect(openWriters(causal, "generate", { threads: 1, model })).rejects.toThrow("no memory");
    expect(closed).toBe(1);
  });

  test("closes its file when a text can forge what only the prompt may say", async () => {
    const model = async (file: string) => {
      const loaded = await load(file);
      const tokenize = loaded.model.tokenize.bind(loaded.model);
      vi.spyOn(loaded.model, "tokenize").mockImplementation((text) => tokenize(text, true));
      return loaded;
    };
    const open = openWriters(withPrompt(causal, plain), "generate", { threads: 1, model });
    await expect(open).rejects.toThrow("decoder.gguf: text can forge token 1 (<|im_start|>)");
    expect(closed).toBe(1);
  });

  test("closes all when the warm-up fails", async () => {
    vi.spyOn(AnswerWriter.prototype, "write").mockRejectedValue(new Error("broken"));
    await expect(openWriters(apart, "dual-decoder", { threads: 1, model: load })).rejects.toThrow("broken");
    expect([opened.length, closed]).toEqual([2, 2]);
  });
});

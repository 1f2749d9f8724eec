import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { loadBundle, type Bundle } from "../../src/bundle/bundle.js";
import { loadModel, type LoadedModel } from "../../src/engines/decoder/model.js";
import type { Engine } from "../../src/engines/engine.js";
import { loadEngines, openRuntime } from "../../src/engines/load.js";
import { PACKAGE_ROOT } from "../../src/package.js";
import { prepareText } from "../../src/text/prepare.js";
import { tinyBundle, withModel } from "./generate/tiny.js";

vi.mock(import("../../src/engines/decoder/model.js"), async (original) => {
  const module = await original();
  return { ...module, loadModel: vi.fn(module.loadModel) };
});

const { loadModel: reallyLoad } = await vi.importActual<{ loadModel: typeof loadModel }>(
  "../../src/engines/decoder/model.js",
);
const prefix = await tinyBundle("tiny-prefix");
const causal = await tinyBundle("tiny-causal");

/** The files that are open, and how many contexts were made on them. */
const open: { file: string; loaded: LoadedModel }[] = [];
let contexts = 0;
/** The context whose making fails. */
let failingContext = Infinity;

beforeEach(() => {
  open.length = 0;
  contexts = 0;
  failingContext = Infinity;
  vi.mocked(loadModel).mockReset();
  vi.mocked(loadModel).mockImplementation(async (file, threads, gpu) => {
    const loaded = await reallyLoad(file, threads, gpu);
    const create = loaded.model.createContext.bind(loaded.model);
    vi.spyOn(loaded.model, "createContext").mockImplementation((...options) =>
      ++contexts >= failingContext ? Promise.reject(new Error("no memory")) : create(...options),
    );
    open.push({ file, loaded });
    return loaded;
  });
});

const isOpen = () => open.map(({ loaded }) => !loaded.model.disposed);
const OPTIONS = { threads: 1, gpu: false } as const;
const closeAll = async (engines: readonly Engine[]) => {
  for (const engine of engines) await engine[Symbol.asyncDispose]();
};

async function intentOf(engine: Engine): Promise<unknown> {
  const request = { text: prepareText("wake me at nine", engine.bundle.manifest.text), truncate: false, field: "text" };
  const [answer] = await engine.score([request], ["intent"], new AbortController().signal);
  return answer && "written" in answer ? answer.written.intent?.name : answer?.intent?.length;
}

describe("a bundle whose weights also write", () => {
  test("becomes three engines on one loaded file, its own first, which is closed with the last of them", async () => {
    const engines = await loadEngines(prefix, OPTIONS);
    expect(engines.map(({ name }) => name)).toEqual(["single-pass", "generate", "dual-decoder"]);
    expect(engines.every(({ bundle }) => bundle === prefix)).toBe(true);
    expect(open.map(({ file }) => file)).toEqual([prefix.path("decoder.gguf")]);

    const [single, generate, dual] = engines as [Engine, Engine, Engine];
    const { labels } = prefix.manifest.tasks.intent!;
    expect(await intentOf(single)).toBe(labels.length);
    expect(labels).toContain(await intentOf(generate));
    await single[Symbol.asyncDispose]();
    await generate[Symbol.asyncDispose]();
    expect(isOpen()).toEqual([true]);
    expect(labels).toContain(await intentOf(dual)); // the others have taken nothing that it needs
    await dual[Symbol.asyncDispose]();
    expect(isOpen()).toEqual([false]);
  });

  test("becomes only the engines that are asked for", async () => {
    const engines = await loadEngines(prefix, { ...OPTIONS, engines: ["dual-decoder"] });
    expect(engines.map(({ name }) => name)).toEqual(["dual-decoder"]);
    await closeAll(engines);
    expect(isOpen()).toEqual([false]);
  });

  test("tells the runs of each engine under its name", async () => {
    const runs: [string, number][] = [];
    const onBatch = (name: string) => (prompts: number) => runs.push([name, prompts]);
    const engines = await loadEngines(prefix, { ...OPTIONS, onBatch });
    for (const engine of engines) await intentOf(engine);
    expect(runs).toEqual([
      ["single-pass", 1],
      ["generate", 1],
      ["dual-decoder", 1],
    ]);
    await closeAll(engines);
  });

  test("leaves nothing open when one of its engines can't be, whichever it is", async () => {
    await closeAll(await loadEngines(prefix, { ...OPTIONS, engines: ["single-pass"] }));
    const ofSinglePass = contexts;
    await closeAll(await loadEngines(prefix, OPTIONS));
    const all = contexts - ofSinglePass;
    expect(all).toBe(ofSinglePass + 1 + 3);
    for (const context of [ofSinglePass, ofSinglePass + 1, all]) {
      open.length = 0;
      contexts = 0;
      failingContext = context;
      await expect(loadEngines(prefix, OPTIONS)).rejects.toMatchObject({
        code: "invalid_bundle",
        cause: { message: "no memory" },
      });
      expect([contexts, isOpen()]).toEqual([context, [false]]);
    }
  });
});

test("a table of evidence is opened with the weights, and closes them when it is none", async () => {
  const { tasks } = prefix.manifest;
  const buckets = 16;
  const withTable = (file: string): Bundle => {
    const topic = { ...tasks.topic!, evidence: { file, buckets, damping: 1, weight: 1 } };
    const path = (name: string) => (name === file ? join(folder, name) : prefix.path(name));
    return { ...prefix, manifest: { ...prefix.manifest, tasks: { ...tasks, topic } }, path };
  };
  const folder = await mkdtemp(join(tmpdir(), "evidence-"));
  await writeFile(join(folder, "table"), new Uint8Array(buckets * (1 + tasks.topic!.labels.length)).fill(3));
  await writeFile(join(folder, "short"), new Uint8Array(3));

  const runtime = await openRuntime(withTable("table"), OPTIONS);
  expect(runtime.evidence?.scores([1, 2])).toHaveLength(tasks.topic!.labels.length);
  await runtime[Symbol.asyncDispose]();
  await expect(openRuntime(withTable("short"), OPTIONS)).rejects.toThrow("short has 3 bytes");
  expect(isOpen()).toEqual([false, false]);
});

describe("decoders that only write", () => {
  const { decoders } = causal.manifest.model as Extract<typeof causal.manifest.model, { decoders: unknown }>;
  const plain = { kind: "plain" as const, template: "{text}" };
  const dual = (second: string): Bundle =>
    withModel(causal, {
      engine: "dual-decoder",
      decoders: [
        { file: "decoder.gguf", tasks: ["intent"], prompt: plain, values: "free" },
        { file: second, tasks: ["slots"], prompt: plain, values: "free" },
        { file: "decoder.gguf", tasks: ["topic"], prompt: plain, values: "free" },
      ],
    });

  test("share a file that several of them name, and open each other", async () => {
    const files = { ...dual("second.gguf"), path: () => causal.path("decoder.gguf") };
    const engines = await loadEngines(files, OPTIONS);
    expect(open).toHaveLength(2);
    expect(causal.manifest.tasks.intent!.labels).toContain(await intentOf(engines[0]!));
    await closeAll(engines);
    expect(isOpen()).toEqual([false, false]);
  });

  test("are closed when one of them can't be opened", async () => {
    await expect(loadEngines(dual("missing.gguf"), OPTIONS)).rejects.toThrow();
    expect(isOpen()).toEqual([false]);
  });

  test("have no scores to be read", async () => {
    expect(decoders).toHaveLength(1);
    await expect(openRuntime(causal, OPTIONS)).rejects.toThrow("generate writes its answers");
    expect(open).toEqual([]);
  });
});

describe("a bundle that is there as a GGUF and as a graph", async () => {
  const bundle = await loadBundle(join(PACKAGE_ROOT, "models/onepass-en"));
  const singlePass = { engines: ["single-pass"] as const };
  const labels = bundle.manifest.tasks.intent!.labels.length;

  test.each([
    ["the graph on a CPU", {}, 0],
    ["the graph where it is asked for", { runtime: "onnx" }, 0],
    ["the GGUF where it is asked for", { runtime: "llama" }, 1],
  ] as const)("is opened as %s", async (_case, options, files) => {
    const [engine] = await loadEngines(bundle, { ...OPTIONS, ...singlePass, ...options });
    expect(open).toHaveLength(files);
    expect(await intentOf(engine!)).toBe(labels);
    await engine![Symbol.asyncDispose]();
    expect(isOpen().every((one) => !one)).toBe(true);
  });

  test("falls back to the graph when no GPU is found, and closes the weights that it does not need", async () => {
    const [engine] = await loadEngines(bundle, { ...OPTIONS, ...singlePass, gpu: "auto" });
    expect(open).toHaveLength(1);
    expect(await intentOf(engine!)).toBe(labels);
    await engine![Symbol.asyncDispose]();
    expect(isOpen()).toEqual([false]);
  });

  test("says what is missing where there is no graph to run", async () => {
    await expect(loadEngines(prefix, { ...OPTIONS, runtime: "onnx" })).rejects.toThrow("has no ONNX graph");
    expect(open).toEqual([]);
  });
});

test("a load that takes too long is given up, and closes what it opens after that", async () => {
  let goOn: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  vi.mocked(loadModel).mockImplementation(async (file, threads, gpu) => {
    await held;
    const loaded = await reallyLoad(file, threads, gpu);
    open.push({ file, loaded });
    return loaded;
  });
  await expect(loadEngines(prefix, { ...OPTIONS, loadMs: 50 })).rejects.toThrow("were not open within 50 ms");
  goOn();
  await vi.waitFor(() => {
    expect(isOpen()).toEqual([false]);
  }, 30_000);
});

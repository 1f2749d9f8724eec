import type { Bundle } from "../../src/bundle/bundle.js";
import type { Manifest } from "../../src/bundle/manifest.js";
import { EnginePool, type PoolOptions } from "../../src/classify/pool.js";
import type { Effort, Engine, EngineName, ScoreRequest, Scores, WrittenAnswer } from "../../src/engines/engine.js";
import type { ServiceSettings } from "../../src/classify/service.js";
import { enginesOf } from "../../src/engines/offered.js";
import { TextTooLongError } from "../../src/errors.js";
import { Metrics } from "../../src/metrics/metrics.js";
import type { TaskName } from "../../src/tasks/task.js";

export const TASKS: Manifest["tasks"] = {
  intent: { labels: ["alarm_set", "play_music", "joke"], temperature: 1 },
  slots: { tags: ["O", "B-time", "I-time"], temperature: 1 },
  topic: {
    labels: ["puck", "orbit", "shuttle"],
    temperature: 1,
    groups: { puck: "rec", orbit: "sci", shuttle: "sci" },
  },
};
/** Of a service over fake engines. */
export const SETTINGS: ServiceSettings = {
  maxTexts: 4,
  maxTextChars: 1000,
  timeoutMs: 1000,
  fallback: "auto",
  breakerFailures: 3,
  breakerResetMs: 60_000,
};

const WINDOW_TOKENS = 8;

const ENCODER = {
  tokenizer: "tokenizer.json",
  tokenization: "pieces" as const,
  cls: 1,
  sep: 2,
  graphs: [{ file: "model.onnx", outputs: {}, add_prefix_space: true }],
  schedule: "in-turn" as const,
};
const DECODER = { engine: "single-pass" as const, file: "model.gguf", bos: 0, read_outs: {}, label_start: {} };
const MODELS = {
  "single-pass": { ...DECODER, writes: false },
  /** Its weights also write: it offers three engines. */
  "single-pass that writes": { ...DECODER, writes: true },
  generate: {
    engine: "generate",
    decoders: [
      {
        file: "model.gguf",
        tasks: ["intent", "slots", "topic"],
        prompt: { kind: "plain", template: "{text}" },
        values: "free",
      },
    ],
  },
  "dual-encoder": { engine: "dual-encoder", ...ENCODER },
  "joint-encoder": { engine: "joint-encoder", ...ENCODER },
} satisfies Record<string, Manifest["model"]>;

/** A bundle without files, for engines that open none. */
export function fakeBundle(
  model: keyof typeof MODELS,
  {
    name = MODELS[model].engine,
    version = "1.0.0",
    tasks = TASKS,
  }: { name?: string; version?: string; tasks?: Manifest["tasks"] } = {},
): Bundle {
  const manifest: Manifest = {
    format: "1.0.0",
    name,
    version,
    description: "A model for tests.",
    language: "en",
    license: "Apache-2.0",
    tasks,
    limits: { window_tokens: WINDOW_TOKENS, max_tokens: 32 },
    text: { nfkc: true, lowercase: true },
    model: MODELS[model],
    files: {},
    provenance: {},
    golden: { tolerance: 1, cases: [] },
  };
  return { folder: name, manifest, path: (file) => `${name}/${file}` };
}

/** Hears an alarm in everything, a time in "nine am", and reads at most eight words; scores or writes, as its name says. */
export class FakeEngine implements Engine {
  readonly runtime = "onnxruntime";
  readonly calls: { texts: string[]; tasks: readonly TaskName[] }[] = [];
  disposed = 0;
  available = true;
  /** What the next calls do before they answer: throw, wait. */
  before: (signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  intent: readonly number[] = [Math.log(6), Math.log(3), 0];

  constructor(
    readonly bundle: Bundle,
    readonly name: EngineName = bundle.manifest.model.engine,
  ) {}

  async score(
    requests: readonly ScoreRequest[],
    tasks: readonly TaskName[],
    signal: AbortSignal,
  ): Promise<(Scores | WrittenAnswer)[]> {
    for (const { text, truncate, field } of requests) {
      if (text.words.length > WINDOW_TOKENS && !truncate) {
        throw new TextTooLongError(text.words.length, WINDOW_TOKENS, "Shorten it.", field);
      }
    }
    this.calls.push({ texts: requests.map(({ text }) => text.text), tasks });
    await this.before(signal);
    const writes = this.name === "generate" || this.name === "dual-decoder";
    return requests.map((request) => (writes ? written(request, tasks) : this.#scores(request, tasks)));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed += 1;
    return Promise.resolve();
  }

  #scores({ text }: ScoreRequest, tasks: readonly TaskName[]): Scores {
    const words = text.words.slice(0, WINDOW_TOKENS).map(({ start, end }) => text.text.slice(start, end));
    const tag = (word: string) => (word === "nine" ? [0, 9, 0] : word === "am" ? [0, 0, 9] : [9, 0, 0]);
    return {
      ...(tasks.includes("intent") && { intent: Float32Array.from(this.intent) }),
      ...(tasks.includes("slots") && { slots: words.map((word) => Float32Array.from(tag(word))) }),
      ...(tasks.includes("topic") && {
        topic: [{ logits: Float32Array.of(0, Math.log(8), 0), tokens: words.length }],
      }),
      ...effort(text.words.length),
    };
  }
}

/** Writes "nine am" as a time whatever the text says: where it does not, the value is dropped. */
function written({ text }: ScoreRequest, tasks: readonly TaskName[]): WrittenAnswer {
  const start = text.text.indexOf("nine am");
  const slot = { name: "time", value: "nine am", start, end: start + "nine am".length, confidence: 0.9 };
  return {
    written: {
      ...(tasks.includes("intent") && { intent: { name: "alarm_set", confidence: 0.6 } }),
      ...(tasks.includes("slots") && { slots: start < 0 ? [] : [slot] }),
      ...(tasks.includes("topic") && { topic: [{ name: "orbit", confidence: 0.8 }] }),
    },
    droppedSlots: tasks.includes("slots") && start < 0 ? 1 : 0,
    ...effort(text.words.length),
    cachedTokens: 2,
    generatedTokens: 7,
  };
}

function effort(words: number): Effort {
  return {
    promptTokens: Math.min(words, WINDOW_TOKENS) + 3,
    cachedTokens: 0,
    generatedTokens: 0,
    ...(words > WINDOW_TOKENS && { truncated: { readTokens: WINDOW_TOKENS, totalTokens: words } }),
    tokenizeMs: 0.5,
    queueMs: 1,
    inferenceMs: 2,
  };
}

/** The engines that a bundle becomes. */
export function fakeEngines(bundle: Bundle): FakeEngine[] {
  return enginesOf(bundle.manifest.model).map((name) => new FakeEngine(bundle, name));
}

/** A pool of fake engines, opened, and its engines by name of the model. */
export async function fakePool(
  bundles: readonly Bundle[] = [fakeBundle("single-pass"), fakeBundle("dual-encoder"), fakeBundle("joint-encoder")],
  options: Partial<PoolOptions> = {},
) {
  const engines: FakeEngine[] = [];
  const metrics = new Metrics();
  const load = (bundle: Bundle) => {
    const own = fakeEngines(bundle);
    engines.push(...own);
    return Promise.resolve(own);
  };
  const pool = new EnginePool({ load, metrics, ...options });
  await pool.open({ bundles, faulty: [] });
  /** By default the bundle's own engine. */
  const engine = (model: string, name?: EngineName): FakeEngine => {
    const found = engines.find((one) => one.bundle.manifest.name === model && (name ?? one.name) === one.name);
    if (!found) throw new Error(`no engine ${name ?? ""} of ${model}`);
    return found;
  };
  return { pool, metrics, engine };
}

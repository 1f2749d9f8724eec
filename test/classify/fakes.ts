import type { Bundle } from "../../src/bundle/bundle.js";
import type { Manifest } from "../../src/bundle/manifest.js";
import { EnginePool, type PoolOptions } from "../../src/classify/pool.js";
import type { Engine, ScoreRequest, Scores } from "../../src/engines/engine.js";
import { TextTooLongError } from "../../src/errors.js";
import { Metrics } from "../../src/metrics.js";
import type { TaskName } from "../../src/tasks/task.js";

const TASKS: Manifest["tasks"] = {
  intent: { labels: ["alarm_set", "play_music", "joke"], temperature: 1 },
  slots: { tags: ["O", "B-time", "I-time"], temperature: 1 },
  topic: {
    labels: ["puck", "orbit", "shuttle"],
    temperature: 1,
    groups: { puck: "rec", orbit: "sci", shuttle: "sci" },
  },
};
const WINDOW_TOKENS = 8;

const ENCODER = { tokenizer: "tokenizer.json", cls: 1, sep: 2, graphs: [{ file: "model.onnx", outputs: {} }] };
const MODELS = {
  "single-pass": { engine: "single-pass", file: "model.gguf", bos: 0, read_outs: {}, label_start: {} },
  "dual-encoder": { engine: "dual-encoder", ...ENCODER },
  "joint-encoder": { engine: "joint-encoder", ...ENCODER },
} satisfies Record<string, Manifest["model"]>;

/** A bundle without files, for engines that open none. */
export function fakeBundle(
  engine: keyof typeof MODELS,
  {
    name = engine,
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
    model: MODELS[engine],
    files: {},
    provenance: {},
    golden: { tolerance: 1, cases: [] },
  };
  return { folder: name, manifest, path: (file) => `${name}/${file}` };
}

/** Hears an alarm in everything, a time in "nine am", and reads at most eight words. */
export class FakeEngine implements Engine {
  readonly name;
  readonly calls: { texts: string[]; tasks: readonly TaskName[] }[] = [];
  disposed = 0;
  /** What the next calls do before they answer: throw, wait. */
  before: (signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  intent: readonly number[] = [Math.log(6), Math.log(3), 0];

  constructor(readonly bundle: Bundle) {
    this.name = bundle.manifest.model.engine;
  }

  async score(requests: readonly ScoreRequest[], tasks: readonly TaskName[], signal: AbortSignal): Promise<Scores[]> {
    for (const { text, truncate, field } of requests) {
      if (text.words.length > WINDOW_TOKENS && !truncate) {
        throw new TextTooLongError(text.words.length, WINDOW_TOKENS, "Shorten it.", field);
      }
    }
    this.calls.push({ texts: requests.map(({ text }) => text.text), tasks });
    await this.before(signal);
    return requests.map((request) => this.#scores(request, tasks));
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
      promptTokens: words.length + 3,
      ...(text.words.length > WINDOW_TOKENS && {
        truncated: { readTokens: WINDOW_TOKENS, totalTokens: text.words.length },
      }),
      queueMs: 1,
      inferenceMs: 2,
    };
  }
}

/** A pool of fake engines, opened, and its engines by name of the model. */
export async function fakePool(
  bundles: readonly Bundle[] = [fakeBundle("single-pass"), fakeBundle("dual-encoder"), fakeBundle("joint-encoder")],
  options: Partial<PoolOptions> = {},
) {
  const engines = new Map<string, FakeEngine>();
  const metrics = new Metrics();
  const load = (bundle: Bundle) => {
    const engine = new FakeEngine(bundle);
    engines.set(bundle.manifest.name, engine);
    return Promise.resolve(engine);
  };
  const pool = new EnginePool({ load, metrics, ...options });
  await pool.open({ bundles, faulty: [] });
  const engine = (name: string): FakeEngine => {
    const found = engines.get(name);
    if (!found) throw new Error(`no engine ${name}`);
    return found;
  };
  return { pool, metrics, engine };
}

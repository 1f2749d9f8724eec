import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Manifest } from "../../../src/bundle/manifest.js";
import type { Classifier, Prediction } from "../../../src/proof/evaluation/classifier.js";
import type { Options } from "../../../src/proof/evaluation/options.js";
import { SETS, SYSTEMS } from "../../../src/proof/results/systems.js";
import type { TaskName } from "../../../src/tasks/task.js";
import { ggufBytes } from "../../bundle/gguf-bytes.js";

const TASKS: Manifest["tasks"] = {
  intent: { labels: ["alarm", "joke"], temperature: 1 },
  slots: { tags: ["O", "B-time", "I-time"], temperature: 1 },
  topic: { labels: ["puck", "orbit"], temperature: 1, groups: { puck: "rec", orbit: "sci" } },
};

const WEIGHTS = ggufBytes();

function manifest(name: string, version: string, tasks: Manifest["tasks"], writes: boolean): unknown {
  return {
    format: "1.0.0",
    name,
    version,
    description: "A bundle for tests.",
    language: "en",
    license: "Apache-2.0",
    tasks,
    limits: { window_tokens: 8, max_tokens: 16 },
    text: { nfkc: true, lowercase: true },
    model: {
      engine: "single-pass",
      file: "weights.gguf",
      bos: 0,
      read_outs: { intent: 1, ...(tasks.topic && { topic: 2 }) },
      label_start: { intent: 10, slots: 20, ...(tasks.topic && { topic: 30 }) },
      writes,
    },
    files: { "weights.gguf": createHash("sha256").update(WEIGHTS).digest("hex") },
    provenance: {},
    golden: { tolerance: 1, cases: [] },
  };
}

/** A bundle's folder where the decoder's is expected, below `root`. */
export async function makeDecoder(
  root: string,
  {
    version = "1.0.0",
    tasks = TASKS,
    writes = true,
  }: { version?: string; tasks?: Manifest["tasks"]; writes?: boolean } = {},
): Promise<void> {
  const { bundle } = SYSTEMS.find(({ label }) => label === "single-pass")!;
  await mkdir(join(root, bundle), { recursive: true });
  const json = JSON.stringify(manifest("decoder", version, tasks, writes));
  await writeFile(join(root, bundle, "bundle.json"), json);
  await writeFile(join(root, bundle, "weights.gguf"), WEIGHTS);
}

/** Twenty utterances and ten posts of each of two topics, of which the cut leaves one. */
export async function makeData(folder: string): Promise<void> {
  const utterances = Array.from({ length: 20 }, (_, i) => ({
    id: `${i}`,
    text: `at ${i}`,
    intent: i % 4 === 0 ? "joke" : "alarm",
    entities: [{ type: "time", start: 3, end: 3 + `${i}`.length }],
  }));
  const posts = Array.from({ length: 20 }, (_, i) => {
    const [topic, topic7] = i % 2 === 0 ? ["puck", "rec"] : ["orbit", "sci"];
    return { id: `train/${topic}/${i}`, text: `post ${i}`, topic, topic7 };
  });
  for (const [i, rows] of [utterances, posts].entries()) {
    const file = join(folder, SETS[i]!.file);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, gzipSync(rows.map((row) => JSON.stringify(row)).join("\n")));
  }
}

/** Takes every text for an alarm at its last word, and for a post about pucks. */
export class FakeSystem implements Classifier, AsyncDisposable {
  readonly model = "decoder@1.0.0";
  readonly labels = { intent: new Set(["alarm", "joke"]), slots: new Set(["time"]), topic: new Set(["puck", "orbit"]) };
  asked = 0;
  disposed = false;

  /** before: what happens before an answer: fail, stop. */
  constructor(
    readonly engine: string,
    private readonly before: (asked: number) => void = () => undefined,
  ) {}

  classify(text: string, tasks: readonly TaskName[]): Promise<Prediction> {
    this.before((this.asked += 1));
    const start = text.lastIndexOf(" ") + 1;
    return Promise.resolve({
      truncated: false,
      usage: { prompt_tokens: 4, cached_tokens: 0, generated_tokens: 0 },
      ...(tasks.includes("intent") && { intent: { name: "alarm", confidence: 1 } }),
      ...(tasks.includes("slots") && { slots: [{ name: "time", start, end: text.length, confidence: 1 }] }),
      ...(tasks.includes("topic") && { topic: { name: "puck", group: "rec", confidence: 1 } }),
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }
}

/** Opens fakes and remembers for what. */
export class Opener {
  readonly opened: FakeSystem[] = [];
  before: ((engine: string, asked: number) => void) | undefined;

  readonly open = ({ engine = "single-pass" }: Pick<Options, "bundle" | "engine">): Promise<FakeSystem> => {
    const system = new FakeSystem(engine, (asked) => this.before?.(engine, asked));
    this.opened.push(system);
    return Promise.resolve(system);
  };
}

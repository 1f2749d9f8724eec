import { join } from "node:path";
import { FORMAT_VERSION, type Manifest } from "../bundle/manifest.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { readFolder, type ModelFolder } from "./folder.js";
import type { Options } from "./options.js";
import { outputsOf } from "./outputs.js";
import { checkedManifest, hashesOf, publish, putFile } from "./publish.js";
import { readingOf } from "./tokenizers.js";

const TOKENIZER_FILE = "tokenizer.json";
const MAX_TOKENS = 8192; // of a text whose topic is read window by window
const TOLERANCE = 0.25; // of golden logits, as for the bundles of `training/`: int8 kernels differ between processors

/** A model and the tasks that it answers. */
interface Source {
  readonly model: ModelFolder;
  readonly tasks: readonly TaskName[];
  /** The graph's name in the bundle. */
  readonly file: string;
}

/**
 * Makes `options.out`: copies the files, writes `bundle.json`. Nothing is left behind when it fails.
 * prove: is given the folder before it gets its name; the manifest that it returns is kept.
 * @throws BundlingError, BundleError
 */
export async function makeBundle(options: Options, prove: (folder: string) => Promise<Manifest>): Promise<Manifest> {
  return publish(options.out, prove, async (partial) => {
    const sources = sourcesOf(options);
    const put = putFile(options.hardLink);
    for (const { model, file } of sources) await put(model.graph, join(partial, file));
    await put(join(sources[0]!.model.folder, TOKENIZER_FILE), join(partial, TOKENIZER_FILE));
    return manifestOf(options, sources, partial);
  });
}

/** Tasks that share a folder share its graph. */
function sourcesOf({ folders, file }: Options): Source[] {
  const paths = [...new Set(folders.values())];
  return paths.map((path) => {
    const tasks = TASK_NAMES.filter((task) => folders.get(task) === path);
    return { model: readFolder(path, file), tasks, file: `${tasks.join("-")}.onnx` };
  });
}

async function manifestOf(options: Options, sources: readonly Source[], folder: string): Promise<Manifest> {
  const reading = readingOf(sources.map(({ model }) => model));
  const window = Math.min(...sources.map(({ model }) => model.maxTokens)) - 2;
  const types = [...new Set(sources.map(({ model }) => model.modelType))].join(" and ");
  const graphs = sources.map(async ({ model, tasks, file }) => ({
    file,
    outputs: await outputsOf(model, tasks, options.outputs),
    add_prefix_space: reading.addPrefixSpace.get(model) ?? true,
  }));
  const files = [TOKENIZER_FILE, ...sources.map(({ file }) => file)];
  return checkedManifest({
    format: FORMAT_VERSION,
    name: options.name,
    version: options.version,
    description: options.description ?? `${sources.length === 1 ? "One encoder" : "Encoders"} (${types}), from ONNX.`,
    language: options.language,
    license: options.license,
    tasks: tasksOf(sources, options.groups),
    limits: { window_tokens: window, max_tokens: options.folders.has("topic") ? Math.max(window, MAX_TOKENS) : window },
    text: { nfkc: false, lowercase: options.lowercase, straight_quotes: false },
    model: {
      engine: sources.length === 1 ? "joint-encoder" : "dual-encoder",
      tokenizer: TOKENIZER_FILE,
      tokenization: reading.tokenization,
      cls: reading.cls,
      sep: reading.sep,
      graphs: await Promise.all(graphs),
      schedule: options.schedule,
    },
    files: await hashesOf(folder, files),
    provenance: { exported: types, made_by: "onepass bundle encoder" },
    golden: { tolerance: TOLERANCE, cases: [] },
  });
}

/** Not calibrated: a temperature of 1. */
function tasksOf(sources: readonly Source[], groups: Options["groups"]): Manifest["tasks"] {
  const labels = (task: TaskName) => sources.find(({ tasks }) => tasks.includes(task))?.model.labels(task);
  const [intent, slots, topic] = [labels("intent"), labels("slots"), labels("topic")];
  const own = topic && Object.fromEntries(topic.map((label) => [label, label]));
  return {
    ...(intent && { intent: { labels: intent, temperature: 1 } }),
    ...(slots && { slots: { tags: slots, temperature: 1 } }),
    ...(topic && { topic: { labels: topic, temperature: 1, groups: groups ?? own! } }),
  };
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { BundlingError } from "./errors.js";

const Config = z.looseObject({
  model_type: z.string().default("unknown"),
  id2label: z.record(z.string().regex(/^\d+$/), z.string()).default({}),
  max_position_embeddings: z.int().positive().optional(),
  pad_token_id: z.int().nullish(),
});

const TokenizerConfig = z.looseObject({
  model_max_length: z.number().optional(),
  add_prefix_space: z.boolean().optional(),
});

/** Labels of each task, of graphs that answer several: Hugging Face's config has room for those of one. */
const LabelLists = z.partialRecord(z.enum(TASK_NAMES), z.array(z.string()));

/** A model as Hugging Face's tools export it to ONNX. */
export interface ModelFolder {
  readonly folder: string;
  /** Path of the graph. */
  readonly graph: string;
  readonly modelType: string;
  /** In the order of the scores. */
  labels(task: TaskName): string[];
  /** Tokens in one sequence, with the first and the last. */
  readonly maxTokens: number;
  /** As the tokenizer's config has it; undefined where that says nothing. */
  readonly addPrefixSpace: boolean | undefined;
  /** `tokenizer.json`, parsed. */
  readonly tokenizer: unknown;
}

/** Where Optimum and the hub put the graph, the best first. */
const GRAPHS = ["model.onnx", "model_quantized.onnx"].flatMap((name) => [name, `onnx/${name}`]);

// These count positions from the one behind the padding's id.
const OFFSET_POSITIONS = new Set([
  "roberta",
  "xlm-roberta",
  "camembert",
  "roberta-prelayernorm",
  "data2vec-text",
  "mpnet",
]);

/** @throws BundlingError that names what is missing or can't be read */
export function readFolder(folder: string, file?: string): ModelFolder {
  if (!existsSync(folder)) throw new BundlingError(`${folder} does not exist`);
  const config = readJson(folder, "config.json", Config);
  const tokenizerConfig = readJson(folder, "tokenizer_config.json", TokenizerConfig, {});
  const lists = readJson(folder, "labels.json", LabelLists, {});
  const tokenizer = readJson(folder, "tokenizer.json", z.unknown());
  const positions = config.max_position_embeddings ?? 512;
  const offset = OFFSET_POSITIONS.has(config.model_type) ? (config.pad_token_id ?? 1) + 1 : 0;
  return {
    folder,
    graph: graphOf(folder, file),
    modelType: config.model_type,
    labels: (task) => lists[task] ?? inOrder(config.id2label, folder),
    maxTokens: Math.min(positions - offset, tokenizerConfig.model_max_length ?? Infinity),
    addPrefixSpace: tokenizerConfig.add_prefix_space,
    tokenizer,
  };
}

function readJson<T>(folder: string, name: string, schema: z.ZodType<T>, absent?: T): T {
  const path = join(folder, name);
  if (!existsSync(path)) {
    if (absent !== undefined) return absent;
    throw new BundlingError(`${folder} has no ${name}: it is no Hugging Face folder, or the tokenizer was not saved`);
  }
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new BundlingError(`${path} can't be read as JSON`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new BundlingError(`${path} is malformed:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function graphOf(folder: string, file?: string): string {
  const names = file === undefined ? GRAPHS : [file, `onnx/${file}`];
  const path = names.map((name) => join(folder, name)).find((candidate) => existsSync(candidate));
  if (path === undefined) throw new BundlingError(`${folder} has no ${file ?? "model.onnx"}: export it to ONNX first`);
  const data = [`${path}_data`, `${path}.data`].find((candidate) => existsSync(candidate));
  if (data !== undefined) {
    throw new BundlingError(
      `${data}: weights outside of the graph's file are not served. A graph of up to 2 GB fits one file:\n` +
        `  python -c "import onnx; onnx.save(onnx.load('${path}'), 'single.onnx')"`,
    );
  }
  return path;
}

function inOrder(id2label: Record<string, string>, folder: string): string[] {
  const labels = Object.keys(id2label).map((_, i) => id2label[i]);
  const whole = labels.filter((label) => label !== undefined);
  if (whole.length === 0 || whole.length !== labels.length) {
    throw new BundlingError(`${folder}: config.json's id2label does not name the labels 0, 1, 2 …`);
  }
  if (whole.every((label, i) => label === `LABEL_${i}`)) {
    throw new BundlingError(
      `${folder}: config.json has no names for its labels (LABEL_0, LABEL_1 …); write them into id2label`,
    );
  }
  return whole;
}

import { getModuleVersion, type LlamaModel } from "node-llama-cpp";
import type { TaskName } from "../../tasks/task.js";
import { DirectReader } from "./direct-reader.js";
import type { DecoderPrompt, LabelRanges } from "./prompt.js";
import { PublicReader } from "./public-reader.js";
import type { ContextSettings, LogitReader } from "./reader.js";

/** Versions of the binding whose native objects `direct-reader.ts` knows: a call to other ones could end the process. */
const KNOWN_BINDING = "3.22.";
/** Logits of the two ways are equal on a CPU; kernels of a GPU may round differently. */
const TOLERANCE = 0.05;

/**
 * Reads logits at positions of prompts whose attention goes both ways.
 *
 * Such a prompt must be decoded whole, so the prompts of a call reach llama.cpp as exactly one batch, or the call fails.
 * Not to be called concurrently.
 */
export class PrefixLm implements LogitReader {
  private constructor(private readonly reader: LogitReader) {}

  /** Reads directly where the binding is known and reads as its public interface does; else through the latter. */
  static async create(model: LlamaModel, labels: LabelRanges, settings: ContextSettings): Promise<PrefixLm> {
    const fault = await directFault(model, labels);
    if (fault === undefined) return new PrefixLm(await DirectReader.open(model, labels, settings));
    process.emitWarning(`read-outs take the slow way: ${fault}`, { code: "ONEPASS_SLOW_READ_OUTS" });
    return new PrefixLm(await PublicReader.open(model, labels, settings));
  }

  /**
   * Logits at each read-out of each prompt: [prompts][read-outs][labels].
   * The prompts are of one length, and no more than the settings' batch holds.
   */
  read(prompts: readonly DecoderPrompt[]): Promise<Float32Array[][]> {
    return this.reader.read(prompts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reader[Symbol.asyncDispose]();
  }
}

/** Why logits can't be read directly; undefined when a short prompt gives what the public interface gives. */
async function directFault(model: LlamaModel, labels: LabelRanges): Promise<string | undefined> {
  const version = await getModuleVersion();
  if (!version.startsWith(KNOWN_BINDING)) return `node-llama-cpp ${version} is not known`;
  // There the binding takes a lock around every batch, which only its public interface does.
  if (model.llama.gpu === "vulkan") return "Vulkan";
  try {
    const [found, expected] = [
      await readProbe(DirectReader, model, labels),
      await readProbe(PublicReader, model, labels),
    ];
    return isClose(found, expected) ? undefined : "the logits are not those of the public interface";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Any tokens will do, one for each task. */
async function readProbe(
  { open }: Pick<typeof DirectReader | typeof PublicReader, "open">,
  model: LlamaModel,
  labels: LabelRanges,
): Promise<Float32Array[]> {
  const tasks = Object.keys(labels) as TaskName[];
  const prompt = {
    ids: tasks.map((_, i) => i),
    words: [],
    readOuts: tasks.map((task, position) => ({ position, task })),
  };
  const settings = {
    threads: 1,
    longestPrompt: prompt.ids.length,
    batch: { maxSequences: 1, maxTokens: prompt.ids.length },
  };
  const reader: LogitReader = await open(model, labels, settings);
  try {
    const [rows] = await reader.read([prompt]);
    return rows!;
  } finally {
    await reader[Symbol.asyncDispose]();
  }
}

/** rows: [read-outs][labels] */
export function isClose(rows: readonly Float32Array[], others: readonly Float32Array[]): boolean {
  return (
    rows.length === others.length &&
    rows.every(
      (row, i) =>
        row.length === others[i]!.length && row.every((logit, j) => Math.abs(logit - others[i]![j]!) < TOLERANCE),
    )
  );
}

import type { Bundle } from "../../bundle/bundle.js";
import type { EncoderModel } from "../../bundle/manifest.js";
import type { TaskName } from "../../tasks/task.js";
import type { PreparedText } from "../../text/prepare.js";
import type { BatchLimits } from "../batches.js";
import type { PieceEncoder } from "../pieces.js";
import type { EncodedText, Forward, Prompt } from "../plan.js";
import type { ForwardScores, Runtime } from "../queued.js";
import { EncoderGraph } from "./graph.js";
import { loadTokenizer } from "./tokenizer.js";

export interface EncoderOptions {
  readonly threads: number;
}

/** Opens an encoder bundle, dual or joint, on onnxruntime-node and warms it up. @throws BundleError */
export async function openEncoder(bundle: Bundle, spec: EncoderModel, options: EncoderOptions): Promise<Runtime> {
  const tokenizer = await loadTokenizer(bundle, spec);
  const runtime = new EncoderRuntime(spec, tokenizer);
  try {
    for (const graph of spec.graphs) runtime.graphs.push(await EncoderGraph.open(bundle, graph, options.threads));
    await runtime.warmUp(bundle.manifest.limits.window_tokens);
    return runtime;
  } catch (error) {
    await runtime[Symbol.asyncDispose]();
    throw error;
  }
}

class EncoderRuntime implements Runtime {
  /** A text a run: dynamic int8 scales activations by tensor, so that batch-mates would change each other's answers. */
  readonly limits: BatchLimits = { maxSequences: 1, maxTokens: Infinity };
  readonly graphs: EncoderGraph[] = [];

  constructor(
    private readonly spec: EncoderModel,
    private readonly pieces: PieceEncoder,
  ) {}

  encode(text: PreparedText): EncodedText {
    return this.pieces.encode(text);
  }

  prompt({ ids, words }: Forward): Prompt {
    return { ids: [this.spec.cls, ...ids, this.spec.sep], words: words.map((index) => index + 1) };
  }

  async run(batch: readonly Forward[]): Promise<ForwardScores[]> {
    const scores: ForwardScores[] = [];
    for (const forward of batch) scores.push(await this.#runOne(forward));
    return scores;
  }

  /** The first forward allocates; it should not be a caller's. */
  async warmUp(windowTokens: number): Promise<void> {
    const tasks = this.graphs.flatMap((graph) => graph.tasks);
    for (const tokens of [Math.min(8, windowTokens), windowTokens]) {
      await this.run([{ tasks, ids: new Array<number>(tokens).fill(this.spec.sep), words: [] }]);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const graph of this.graphs.splice(0)) await graph[Symbol.asyncDispose]();
  }

  /** Only the graphs whose tasks are asked for run, one after the other: each uses all of the engine's threads. */
  async #runOne(forward: Forward): Promise<ForwardScores> {
    const { tasks } = forward;
    const { ids, words } = this.prompt(forward);
    let outputs: Partial<Record<TaskName, Float32Array>> = {};
    let promptTokens = 0;
    for (const graph of this.graphs) {
      if (!graph.tasks.some((task) => tasks.includes(task))) continue;
      outputs = { ...outputs, ...(await graph.run(ids, tasks)) };
      promptTokens += ids.length;
    }
    const { intent, slots, topic } = outputs;
    return {
      ...(intent && { intent }),
      ...(slots && { slots: rowsAt(slots, ids.length, words) }),
      ...(topic && { topic }),
      promptTokens,
    };
  }
}

/** Rows of `values` [tokens × tags] at `positions`. */
function rowsAt(values: Float32Array, tokens: number, positions: readonly number[]): Float32Array[] {
  const tags = values.length / tokens;
  return positions.map((position) => values.slice(position * tags, (position + 1) * tags));
}

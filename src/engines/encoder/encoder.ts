import { bundleId, type Bundle } from "../../bundle/bundle.js";
import type { EncoderModel } from "../../bundle/manifest.js";
import { BundleError } from "../../errors.js";
import type { TaskName } from "../../tasks/task.js";
import type { PreparedText } from "../../text/prepare.js";
import type { BatchLimits } from "../batches.js";
import { tasksOf, type Graph, type Outputs } from "../onnx/graph.js";
import { openGraph } from "../onnx/open.js";
import type { EncodedText, Forward, Prompt } from "../plan.js";
import type { ForwardScores, Runtime } from "../queued.js";
import { beginsSpaced, loadTokenizer, type TextTokenizer } from "./tokenizer.js";

export interface EncoderOptions {
  readonly threads: number;
}

/** A graph of a bundle, open. */
interface OpenGraph {
  readonly graph: Graph;
  readonly tasks: readonly TaskName[];
  /** Whether the graph reads the bundle's other beginning of a text. */
  readonly beginsOtherwise: boolean;
}

/** Opens an encoder bundle, dual or joint, on onnxruntime-node and warms it up. @throws BundleError */
export async function openEncoder(bundle: Bundle, spec: EncoderModel, options: EncoderOptions): Promise<Runtime> {
  const tokenizer = await loadTokenizer(bundle, spec);
  const runtime = new EncoderRuntime(spec, tokenizer, bundle.manifest.limits.window_tokens);
  try {
    await runtime.open(bundle, options.threads);
    await runtime.warmUp(bundle);
    return runtime;
  } catch (error) {
    await runtime[Symbol.asyncDispose]();
    throw error;
  }
}

class EncoderRuntime implements Runtime {
  readonly name = "onnxruntime";
  /** A text a run: dynamic int8 scales activations by tensor, so that batch-mates would change each other's answers. */
  readonly limits: BatchLimits = { maxSequences: 1, maxTokens: Infinity };
  readonly #graphs: OpenGraph[] = [];

  constructor(
    private readonly spec: EncoderModel,
    private readonly tokenizer: TextTokenizer,
    private readonly windowTokens: number,
  ) {}

  /** @throws BundleError */
  async open(bundle: Bundle, threads: number): Promise<void> {
    const { graphs, schedule } = this.spec;
    const atOnce = schedule === "side-by-side" && graphs.length > 1;
    const share = atOnce ? Math.max(1, Math.floor(threads / graphs.length)) : threads;
    for (const { file, outputs, add_prefix_space } of graphs) {
      const spec = { file, outputs, perToken: ["slots"] as const, threads: share };
      const graph = await openGraph(bundle, spec, { ownThread: atOnce });
      const beginsOtherwise = add_prefix_space !== beginsSpaced(this.spec);
      this.#graphs.push({ graph, tasks: tasksOf(outputs), beginsOtherwise });
    }
  }

  encode(text: PreparedText): EncodedText {
    return this.tokenizer.encode(text);
  }

  prompt({ ids, words }: Forward): Prompt {
    return { ids: [this.spec.cls, ...ids, this.spec.sep], words: words.map((index) => index + 1) };
  }

  async run(batch: readonly Forward[]): Promise<ForwardScores[]> {
    const scores: ForwardScores[] = [];
    for (const forward of batch) scores.push(await this.#runOne(forward));
    return scores;
  }

  /** The first forward allocates; it should not be a caller's. @throws BundleError when the graphs can't read a window */
  async warmUp(bundle: Bundle): Promise<void> {
    const tasks = this.#graphs.flatMap((graph) => graph.tasks);
    for (const tokens of [Math.min(8, this.windowTokens), this.windowTokens]) {
      const ids = new Array<number>(tokens).fill(this.spec.sep);
      await this.run([{ tasks, ids, words: [] }]).catch((cause: unknown) => {
        throw new BundleError(bundleId(bundle), `the graphs fail on ${tokens} tokens (limits.window_tokens)`, cause);
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { graph } of this.#graphs.splice(0)) await graph[Symbol.asyncDispose]();
  }

  async #runOne(forward: Forward): Promise<ForwardScores> {
    const prompt = this.prompt(forward);
    const runs = this.#graphs
      .map(({ graph, tasks, beginsOtherwise }) => {
        const ids = beginsOtherwise ? this.#otherIds(forward) : prompt.ids;
        return { graph, ids, tasks: tasks.filter((task) => forward.tasks.includes(task)) };
      })
      .filter(({ tasks }) => tasks.length > 0);
    const { intent, slots, topic } = await this.#outputsOf(runs);
    return {
      ...(intent && { intent }),
      ...(slots && { slots: rowsAt(slots, prompt.ids.length, prompt.words) }),
      ...(topic && { topic }),
      promptTokens: runs.reduce((sum, { ids }) => sum + ids.length, 0),
    };
  }

  async #outputsOf(runs: readonly { graph: Graph; ids: readonly number[]; tasks: TaskName[] }[]): Promise<Outputs> {
    if (this.spec.schedule === "side-by-side") {
      return Object.assign(
        {},
        ...(await Promise.all(runs.map(({ graph, ids, tasks }) => graph.run(ids, tasks)))),
      ) as Outputs;
    }
    let outputs: Outputs = {};
    for (const { graph, ids, tasks } of runs) outputs = { ...outputs, ...(await graph.run(ids, tasks)) };
    return outputs;
  }

  /** The prompt of a graph whose texts begin otherwise; no longer than the window. */
  #otherIds({ ids, beginning, tasks }: Forward): readonly number[] {
    const other = beginning ? [...beginning.ids, ...ids.slice(beginning.replaces)] : ids;
    return this.prompt({ ids: other.slice(0, this.windowTokens), words: [], tasks }).ids;
  }
}

/** Rows of `values` [tokens × tags] at `positions`. */
function rowsAt(values: Float32Array, tokens: number, positions: readonly number[]): Float32Array[] {
  const tags = values.length / tokens;
  return positions.map((position) => values.slice(position * tags, (position + 1) * tags));
}

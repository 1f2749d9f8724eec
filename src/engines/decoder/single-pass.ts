import type { Bundle } from "../../bundle/bundle.js";
import type { DecoderModel } from "../../bundle/manifest.js";
import type { Evidence } from "../../tasks/evidence.js";
import { TASK_NAMES } from "../../tasks/task.js";
import type { PreparedText } from "../../text/prepare.js";
import type { BatchLimits } from "../batches.js";
import { openGraph } from "../onnx/open.js";
import type { RuntimeName } from "../engine.js";
import type { EncodedText, Forward, Prompt } from "../plan.js";
import type { ForwardScores, Runtime } from "../queued.js";
import { openEvidence } from "./evidence.js";
import { GraphReader } from "./graph-reader.js";
import { checkModel, type LoadedModel } from "./model.js";
import { PrefixLm } from "./prefix-lm.js";
import { buildPrompt, labelRanges, MOST_PROMPT_TOKENS, type DecoderPrompt, type LabelRanges } from "./prompt.js";
import type { LogitReader } from "./reader.js";

type DecoderGraph = NonNullable<DecoderModel["onnx"]>;

export interface DecoderOptions {
  readonly threads: number;
  /** Prompts in one batch; by default few on a CPU, where a batch gains little and its first prompt waits for all. */
  readonly maxSequences?: number | undefined;
  /** Longest time that a batch waits to become full; by default none on a CPU, where a full batch is hardly faster. */
  readonly batchWaitMs?: number | undefined;
}

/** Each has the weights in memory for itself, some 110 MB at 12 layers. */
const MOST_SESSIONS = 4;
const CPU_SEQUENCES = 4;
const GPU_SEQUENCES = 32;
const GPU_WAIT_MS = 2;
/** Bounds the memory that the context takes: a batch's logits are kept for every position. */
const MAX_BATCH_TOKENS = 2048;

/** What reads the logits, how much of it in one run, and in how many at once. */
interface OpenReader {
  readonly name: RuntimeName;
  readonly device?: string;
  readonly reader: LogitReader;
  readonly limits: BatchLimits;
  readonly parallel?: number;
}

/**
 * Opens a consolidated decoder on llama.cpp and warms it up. loaded: its GGUF, which the runtime disposes of.
 * @throws BundleError when it must not be served
 */
export function openDecoder(
  bundle: Bundle,
  spec: DecoderModel,
  loaded: LoadedModel,
  options: DecoderOptions,
): Promise<Runtime> {
  return openWith(bundle, spec, loaded, async (labels) => {
    const longestPrompt = bundle.manifest.limits.window_tokens + MOST_PROMPT_TOKENS;
    const maxSequences = options.maxSequences ?? (loaded.onGpu ? GPU_SEQUENCES : CPU_SEQUENCES);
    const maxTokens = Math.max(longestPrompt, Math.min(longestPrompt * maxSequences, MAX_BATCH_TOKENS));
    const limits = { maxSequences, maxTokens, maxWaitMs: options.batchWaitMs ?? (loaded.onGpu ? GPU_WAIT_MS : 0) };
    const settings = { threads: options.threads, batch: limits, longestPrompt };
    return {
      name: "llama.cpp",
      device: loaded.device,
      reader: await PrefixLm.create(loaded.model, labels, settings),
      limits,
    };
  });
}

/**
 * As `openDecoder`, on ONNX Runtime. loaded: the tokenizer of its GGUF.
 *
 * Two threads take 0.63 times as long for a short prompt as one does: sooner done, but not twice as much. So the threads
 * are dealt out to sessions that run side by side, and one more session has them all, for a request that is alone. Each
 * runs in a thread of its own that leaves the event loop free. @throws BundleError
 */
export function openDecoderGraph(
  bundle: Bundle,
  spec: DecoderModel,
  onnx: DecoderGraph,
  loaded: LoadedModel,
  { threads }: DecoderOptions,
): Promise<Runtime> {
  return openWith(bundle, spec, loaded, async () => {
    const sessions = Math.min(threads, MOST_SESSIONS);
    const openWithThreads = (threads: number) => () =>
      openGraph(bundle, { ...onnx, perToken: TASK_NAMES, threads }, { ownThread: true });
    const reader = await GraphReader.open({
      narrow: Array.from({ length: sessions }, () => openWithThreads(Math.floor(threads / sessions))),
      wide: sessions > 1 ? openWithThreads(threads) : undefined,
    });
    return { name: "onnxruntime", reader, limits: { maxSequences: 1, maxTokens: Infinity }, parallel: sessions };
  });
}

async function openWith(
  bundle: Bundle,
  spec: DecoderModel,
  loaded: LoadedModel,
  open: (labels: LabelRanges) => Promise<OpenReader>,
): Promise<Runtime> {
  let opened: OpenReader | undefined;
  try {
    const { tasks, limits } = bundle.manifest;
    const labels = labelRanges(spec, tasks);
    checkModel(bundle, spec, labels, loaded.model);
    const evidence = await openEvidence(bundle);
    opened = await open(labels);
    const runtime = new DecoderRuntime(spec, loaded, opened, evidence);
    await runtime.warmUp(labels, limits.window_tokens);
    return runtime;
  } catch (error) {
    await opened?.reader[Symbol.asyncDispose]();
    await loaded[Symbol.asyncDispose](); // and its contexts
    throw error;
  }
}

class DecoderRuntime implements Runtime {
  readonly name: RuntimeName;
  readonly limits: BatchLimits;
  readonly parallel: number;
  readonly device: string | undefined;
  readonly #reader: LogitReader;

  constructor(
    private readonly spec: DecoderModel,
    private readonly loaded: LoadedModel,
    { name, device, reader, limits, parallel = 1 }: OpenReader,
    readonly evidence: Evidence | undefined,
  ) {
    this.name = name;
    this.device = device;
    this.#reader = reader;
    this.limits = limits;
    this.parallel = parallel;
  }

  encode(text: PreparedText): EncodedText {
    return this.loaded.pieces.encode(text);
  }

  prompt(forward: Forward): Prompt {
    return buildPrompt(this.spec, forward);
  }

  async run(batch: readonly Forward[]): Promise<ForwardScores[]> {
    const prompts = batch.map((forward) => buildPrompt(this.spec, forward));
    const logits = await this.#reader.read(prompts);
    return prompts.map((prompt, i) => scoresOf(prompt, logits[i]!, batch[i]!));
  }

  /** The first forward allocates and faults pages in; it should not be a caller's. */
  async warmUp(labels: LabelRanges, windowTokens: number): Promise<void> {
    const tasks = (["intent", "slots", "topic"] as const).filter((task) => labels[task]);
    const words = labels.slots ? [0] : [];
    for (const tokens of [Math.min(8, windowTokens), windowTokens]) {
      const forward = { tasks, ids: new Array<number>(tokens).fill(0), words };
      await Promise.all(Array.from({ length: this.parallel }, () => this.run([forward])));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader[Symbol.asyncDispose]();
    await this.loaded[Symbol.asyncDispose]();
  }
}

/** logits: [read-outs of the prompt][labels] */
function scoresOf(
  { ids, readOuts }: DecoderPrompt,
  logits: readonly Float32Array[],
  { tasks }: Forward,
): ForwardScores {
  const of = (task: string) => logits.filter((_, i) => readOuts[i]!.task === task);
  const [intent] = of("intent");
  const [topic] = of("topic");
  return {
    ...(intent && { intent }),
    ...(topic && { topic }),
    ...(tasks.includes("slots") && { slots: of("slots") }),
    promptTokens: ids.length,
  };
}

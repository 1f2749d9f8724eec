import type { LlamaContext, LlamaModel } from "node-llama-cpp";
import type { TaskName } from "../../tasks/task.js";
import type { DecoderPrompt, LabelRange, LabelRanges } from "./prompt.js";
import { assertOneBatch, contextOptions, type ContextSettings, type LogitReader } from "./reader.js";

// What this file uses of node-llama-cpp besides its public interface. `prefix-lm.ts` decides when that may be.
interface AddonContext {
  /** Forgets what a sequence holds. */
  disposeSequence(sequence: number): void;
  initBatch(tokens: number): void;
  /** read: positions in `ids`, ascending. Returns what `sampleToken` calls them. */
  addToBatch(sequence: number, start: number, ids: Uint32Array, read: Uint32Array): Uint32Array;
  setThreads(count: number): void;
  decodeBatch(): Promise<void>;
  /** The fourth of what it returns is [token, logit, token, logit, …]; absent when no token could be drawn. */
  sampleToken(
    index: number,
    sampler: AddonSampler,
    probabilities: false,
    confidence: false,
    logits: [tokens: [], includeMax: false, includeMin: false, includeSelected: false, includeTop: number],
  ): Promise<[unknown, unknown, unknown, number[] | undefined]>;
}

interface AddonSampler {
  applyConfig(config: Readonly<Record<string, number | Uint32Array | Float32Array>>): void;
  dispose(): void;
}

/** Divides the threads among the contexts that decode at the same time. */
interface ThreadsSplitter {
  createConsumer(wanted: number, least: number): ThreadsConsumer;
}

interface ThreadsConsumer {
  /** Waits for a thread when others have them all. */
  getAllocationToConsume(): Promise<Allocation> | Allocation;
  dispose(): void;
}

type Allocation = readonly [threads: number, handle: { dispose(): void }];

interface Internals {
  readonly context: { readonly _ctx: AddonContext };
  readonly model: {
    readonly _model: object;
    readonly _llama: {
      readonly _bindings: { readonly AddonSampler: new (model: object) => AddonSampler };
      readonly _threadsSplitter: ThreadsSplitter;
    };
  };
}

/** By task: a sampler that keeps the labels. Each has buffers of its own, so lanes can sample side by side. */
type Lane = ReadonlyMap<TaskName, AddonSampler>;

interface Sample {
  readonly index: number;
  readonly task: TaskName;
}

const MOST_LANES = 4; // the threads of libuv's pool

/**
 * Reads through the binding's native objects, in some 0.1 ms a read-out.
 *
 * The public way compares every token of the vocabulary with every label, one read-out after the other. Here the samplers,
 * made once, ban all other tokens and keep the top as many as there are labels; read-outs share the cores.
 */
export class DirectReader implements LogitReader {
  private constructor(
    private readonly context: LlamaContext,
    private readonly native: AddonContext,
    private readonly splitter: ThreadsSplitter,
    private readonly lanes: readonly Lane[],
    private readonly labels: LabelRanges,
    private readonly settings: ContextSettings,
  ) {}

  /** @throws when the binding is not as expected */
  static async open(model: LlamaModel, labels: LabelRanges, settings: ContextSettings): Promise<DirectReader> {
    const context = await model.createContext(contextOptions(settings));
    try {
      const internals = { model, context } as unknown as Internals;
      const {
        context: { _ctx: native },
        model: { _llama: llama },
      } = internals;
      const vocabulary = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
      const count = Math.min(settings.threads, MOST_LANES);
      const lanes = Array.from({ length: count }, () => createLane(internals.model, labels, vocabulary));
      return new DirectReader(context, native, llama._threadsSplitter, lanes, labels, settings);
    } catch (error) {
      await context.dispose();
      throw error;
    }
  }

  async read(prompts: readonly DecoderPrompt[]): Promise<Float32Array[][]> {
    const lengths = prompts.map(({ ids }) => ids.length);
    const { maxSequences, maxTokens } = this.settings.batch;
    assertOneBatch(lengths, Math.min(prompts.length, maxSequences), maxTokens);
    const samples = await this.#decode(prompts);
    const rows = new Array<Float32Array>(samples.length);
    let next = 0;
    const work = async (lane: Lane): Promise<void> => {
      for (let i = next++; i < samples.length; i = next++) rows[i] = await this.#sample(samples[i]!, lane);
    };
    // All settle before a failure is told: the next batch would overwrite what the others still read.
    const ends = await Promise.allSettled(this.lanes.map(work));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    return prompts.map(({ readOuts }) => rows.splice(0, readOuts.length));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const lane of this.lanes) for (const sampler of lane.values()) sampler.dispose();
    await this.context.dispose();
  }

  /** One forward pass over all prompts. Returns what can be read, in their order. */
  async #decode(prompts: readonly DecoderPrompt[]): Promise<Sample[]> {
    this.native.initBatch(prompts.reduce((sum, { ids }) => sum + ids.length, 0));
    const samples: Sample[] = [];
    for (const [sequence, { ids, readOuts }] of prompts.entries()) {
      this.native.disposeSequence(sequence);
      const positions = Uint32Array.from(readOuts, ({ position }) => position);
      const indexes = this.native.addToBatch(sequence, 0, Uint32Array.from(ids), positions);
      for (const [i, { task }] of readOuts.entries()) samples.push({ index: indexes[i]!, task });
    }
    const consumer = this.splitter.createConsumer(this.settings.threads, 1);
    const [threads, handle] = await consumer.getAllocationToConsume();
    try {
      this.native.setThreads(threads);
      await this.native.decodeBatch();
    } finally {
      handle.dispose();
      consumer.dispose();
    }
    return samples;
  }

  async #sample({ index, task }: Sample, lane: Lane): Promise<Float32Array> {
    const { start, count } = this.labels[task]!;
    const filter: Parameters<AddonContext["sampleToken"]>[4] = [[], false, false, false, count];
    const [, , , pairs = []] = await this.native.sampleToken(index, lane.get(task)!, false, false, filter);
    const row = new Float32Array(count).fill(NaN);
    for (let i = 0; i < pairs.length; i += 2) row[pairs[i]! - start] = pairs[i + 1]!;
    return row;
  }
}

function createLane(model: Internals["model"], labels: LabelRanges, vocabulary: number): Lane {
  const ranges = Object.entries(labels) as [TaskName, LabelRange][];
  return new Map(
    ranges.map(([task, range]) => {
      const sampler = new model._llama._bindings.AddonSampler(model._model);
      const others = Uint32Array.from(otherTokens(range, vocabulary));
      sampler.applyConfig({
        // A temperature of 0 would leave out the cut to the top; 1 leaves the logits as they are.
        temperature: 1,
        topK: range.count,
        seed: 0,
        tokenBiasKeys: others,
        tokenBiasValues: new Float32Array(others.length).fill(-Infinity),
      });
      return [task, sampler];
    }),
  );
}

function otherTokens({ start, count }: LabelRange, vocabulary: number): number[] {
  return Array.from({ length: vocabulary }, (_, id) => id).filter((id) => id < start || id >= start + count);
}

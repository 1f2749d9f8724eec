import type {
  ControlledEvaluateIndexOutput,
  ControlledEvaluateInputItem,
  CustomBatchingPrioritizationStrategy,
  LlamaContext,
  LlamaContextSequence,
  LlamaModel,
  Token,
} from "node-llama-cpp";
import type { BatchLimits } from "../batches.js";
import type { DecoderPrompt, LabelRanges, ReadOut } from "./prompt.js";

export interface ContextSettings {
  readonly threads: number;
  /** `maxTokens` is at least `longestPrompt`. */
  readonly batch: BatchLimits;
  /** Tokens of the longest prompt, read-outs and all. */
  readonly longestPrompt: number;
}

type ReadOptions = Extract<ControlledEvaluateInputItem, unknown[]>[1];

/**
 * Reads logits at positions of prompts whose attention goes both ways.
 *
 * Such a prompt must be decoded whole, so the prompts of a call reach llama.cpp as exactly one batch, or the call fails.
 * Not to be called concurrently.
 */
export class PrefixLm implements AsyncDisposable {
  /** Taken once: getting and disposing of sequences for each prompt leaks slots in some versions of the binding. */
  readonly #sequences: LlamaContextSequence[];
  /** By task: which logits to return. */
  readonly #options: ReadonlyMap<string, ReadOptions>;

  private constructor(
    private readonly context: LlamaContext,
    private readonly labels: LabelRanges,
    /** What the binding must find queued when it forms its next batch. */
    private readonly handedOver: { prompts: number },
  ) {
    this.#sequences = Array.from({ length: context.totalSequences }, () => context.getSequence());
    // A filter on the label ids spares the sort of the whole vocabulary that `probabilities` and `includeTop` cost.
    this.#options = new Map(
      Object.entries(labels).map(([task, { start, count }]) => {
        const tokens = Array.from({ length: count }, (_, i) => (start + i) as Token);
        return [task, { generateNext: { logits: { filter: { tokens } } } }];
      }),
    );
  }

  static async create(model: LlamaModel, labels: LabelRanges, settings: ContextSettings): Promise<PrefixLm> {
    const handedOver = { prompts: 0 };
    const context = await model.createContext({
      sequences: settings.batch.maxSequences,
      contextSize: settings.longestPrompt + 1, // the binding keeps a cell free
      batchSize: settings.batch.maxTokens,
      threads: settings.threads,
      batching: { itemPrioritizationStrategy: (queued) => wholePrompts(queued, handedOver.prompts) },
    });
    return new PrefixLm(context, labels, handedOver);
  }

  /**
   * Logits at each read-out of each prompt: [prompts][read-outs][labels].
   * The prompts are of one length, and no more than the settings' batch holds.
   */
  async read(prompts: readonly DecoderPrompt[]): Promise<Float32Array[][]> {
    const sequences = this.#sequences.slice(0, prompts.length);
    await Promise.all(sequences.map((sequence) => sequence.clearHistory()));
    this.handedOver.prompts = prompts.length;
    // All are submitted in one tick; the binding forms its batch in the next cycle of the event loop.
    const outputs = await Promise.allSettled(
      sequences.map((sequence, i) => sequence.controlledEvaluate(this.#input(prompts[i]!))),
    );
    const failed = outputs.find((output) => output.status === "rejected");
    if (failed) {
      await this.#replace(prompts.length);
      throw failed.reason;
    }
    return outputs.map((output, i) => {
      const items = (output as PromiseFulfilledResult<(ControlledEvaluateIndexOutput | undefined)[]>).value;
      return prompts[i]!.readOuts.map((readOut) => this.#logits(items, readOut));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.dispose();
  }

  #input({ ids, readOuts }: DecoderPrompt): ControlledEvaluateInputItem[] {
    const input = ids.map((id): ControlledEvaluateInputItem => id as Token);
    for (const { position, task } of readOuts)
      input[position] = [ids[position] as Token, this.#options.get(task) ?? {}];
    return input;
  }

  /** The binding sorts logits by value; here they get the order of the labels. A missing one is NaN. */
  #logits(outputs: readonly (ControlledEvaluateIndexOutput | undefined)[], { position, task }: ReadOut): Float32Array {
    const logits = outputs[position]?.next.logits;
    const { start, count } = this.labels[task]!;
    const row = new Float32Array(count);
    for (let i = 0; i < count; i++) row[i] = logits?.get((start + i) as Token) ?? NaN;
    return row;
  }

  /** After a failure the binding may not know what a sequence's memory holds, so new ones take their places. */
  async #replace(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await this.#sequences[i]!.dispose();
      this.#sequences[i] = this.context.getSequence();
    }
  }
}

/**
 * How the binding forms a batch: all prompts that were handed over, whole and of one length, or an error for each.
 * Its own strategies would split prompts that exceed the batch, and each half would see but itself.
 */
export function wholePrompts(
  { items, size }: Parameters<CustomBatchingPrioritizationStrategy>[0],
  expected: number,
): ReturnType<CustomBatchingPrioritizationStrategy> {
  const length = items[0]?.tokens.length ?? 0;
  if (items.length !== expected || items.some(({ tokens }) => tokens.length !== length) || length * expected > size) {
    const lengths = items.map(({ tokens }) => tokens.length).join(", ");
    throw new Error(`a batch of prompts of ${lengths} tokens, not ${expected} of one length within ${size} tokens`);
  }
  return items.map((item) => ({ item, processAmount: length }));
}

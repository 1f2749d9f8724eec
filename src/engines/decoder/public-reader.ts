import type {
  ControlledEvaluateIndexOutput,
  ControlledEvaluateInputItem,
  CustomBatchingPrioritizationStrategy,
  LlamaContext,
  LlamaContextSequence,
  LlamaModel,
  Token,
} from "node-llama-cpp";
import type { DecoderPrompt, LabelRanges, ReadOut } from "./prompt.js";
import { assertOneBatch, contextOptions, type ContextSettings, type LogitReader } from "./reader.js";

type ReadOptions = Extract<ControlledEvaluateInputItem, unknown[]>[1];

/** Reads through `controlledEvaluate`, which any version of the binding has. Costs some 0.7 ms a read-out. */
export class PublicReader implements LogitReader {
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

  static async open(model: LlamaModel, labels: LabelRanges, settings: ContextSettings): Promise<PublicReader> {
    const handedOver = { prompts: 0 };
    const context = await model.createContext({
      ...contextOptions(settings),
      batching: { itemPrioritizationStrategy: (queued) => wholePrompts(queued, handedOver.prompts) },
    });
    return new PublicReader(context, labels, handedOver);
  }

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

  /** The binding sorts logits by value; here they get the order of the labels. */
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
  const lengths = items.map(({ tokens }) => tokens.length);
  assertOneBatch(lengths, expected, size);
  return items.map((item, i) => ({ item, processAmount: lengths[i]! }));
}

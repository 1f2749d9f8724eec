import type { LlamaContextOptions } from "node-llama-cpp";
import type { BatchLimits } from "../batches.js";
import type { DecoderPrompt } from "./prompt.js";

export interface ContextSettings {
  readonly threads: number;
  /** `maxTokens` is at least `longestPrompt`. */
  readonly batch: BatchLimits;
  /** Tokens of the longest prompt, read-outs and all. */
  readonly longestPrompt: number;
}

/** Reads logits at positions of prompts, of which it makes one batch. Not to be called concurrently if it doesn't say so. */
export interface LogitReader extends AsyncDisposable {
  /**
   * [prompts][read-outs][labels]; a logit that the binding does not give is NaN.
   * @throws unless the prompts are of one length and no more than the settings' batch holds
   */
  read(prompts: readonly DecoderPrompt[]): Promise<Float32Array[][]>;
}

export function contextOptions({ threads, batch, longestPrompt }: ContextSettings): LlamaContextOptions {
  return {
    sequences: batch.maxSequences,
    contextSize: longestPrompt + 1, // the binding keeps a cell free
    batchSize: batch.maxTokens,
    threads,
  };
}

/**
 * Refuses prompts that llama.cpp would cut: attention goes both ways, so each piece would see but itself.
 * lengths: tokens of each prompt of a batch; maxTokens: of all of them.
 */
export function assertOneBatch(lengths: readonly number[], prompts: number, maxTokens: number): void {
  const [length = 0] = lengths;
  if (lengths.length !== prompts || length * prompts > maxTokens || lengths.some((other) => other !== length)) {
    const found = `a batch of prompts of ${lengths.join(", ")} tokens`;
    throw new Error(`${found}, not ${prompts} of one length within ${maxTokens} tokens`);
  }
}

import {
  LlamaGrammarEvaluationState,
  type LlamaContextSequence,
  type LlamaGrammar,
  type LlamaModel,
  type Token,
} from "node-llama-cpp";
import { AnswerCursor } from "./answer.js";

/** What was written after a prompt, and what it took. */
export interface Written {
  /** What the grammar allows, or the beginning of it when `maxTokens` were not enough. */
  readonly json: string;
  /** Of each label in the order of writing (intent, slot names, topic): the product of its tokens' probabilities. */
  readonly confidences: readonly number[];
  readonly promptTokens: number;
  /** Of these, tokens whose states were still there from an earlier prompt. */
  readonly cachedTokens: number;
  readonly generatedTokens: number;
}

/** Writes answers in one sequence of a context. Not to be called concurrently. */
export class AnswerWriter {
  readonly #model: LlamaModel;
  /** A prefix LM's states depend on the whole prompt: nothing of an earlier one can be kept. */
  readonly #caches: boolean;

  constructor(private readonly sequence: LlamaContextSequence) {
    this.#model = sequence.model;
    this.#caches = this.#model.fileInfo.architectureMetadata.attention?.causal !== false;
  }

  /**
   * Writes greedily, inside the grammar. Probabilities are those among the tokens that the grammar allows.
   * @throws the signal's reason when it is aborted, between two tokens
   */
  async write(
    prompt: readonly number[],
    grammar: LlamaGrammar,
    maxTokens: number,
    signal: AbortSignal,
  ): Promise<Written> {
    const cachedTokens = await this.#recall(prompt);
    const grammarEvaluationState = new LlamaGrammarEvaluationState({ model: this.#model, grammar });
    const cursor = new AnswerCursor();
    const tokens: Token[] = [];
    const confidences: number[] = [];
    let json = "";
    let whole = false;
    let pending = prompt.slice(cachedTokens) as Token[];
    while (!whole && tokens.length < maxTokens) {
      // A confidence costs a pass of the grammar over the whole vocabulary, so it is asked for inside labels alone.
      const confidence = cursor.inLabel;
      if (confidence) confidences.push(1);
      const options = { temperature: 0, grammarEvaluationState };
      for await (const next of this.sequence.evaluateWithMetadata(
        pending,
        { confidence: confidence as true },
        options,
      )) {
        signal.throwIfAborted();
        tokens.push(next.token);
        pending = [next.token];
        if (confidence) confidences[confidences.length - 1]! *= next.confidence;
        // A character of several tokens is not there before its last one.
        const text = this.#model.detokenize(tokens).replace(/\uFFFD+$/u, "");
        whole = cursor.push(text.slice(json.length));
        json = text;
        if (whole || tokens.length >= maxTokens || cursor.inLabel !== confidence) break;
      }
    }
    return { json, confidences, promptTokens: prompt.length, cachedTokens, generatedTokens: tokens.length };
  }

  /** Keeps what the sequence remembers of this prompt's beginning and forgets the rest. Returns how much it kept. */
  async #recall(prompt: readonly number[]): Promise<number> {
    // The last token is always read again: its logits are what the answer begins with.
    if (this.#caches) await this.sequence.adaptStateToTokens(prompt.slice(0, -1) as Token[], false);
    else await this.sequence.clearHistory();
    return this.sequence.nextTokenIndex;
  }
}

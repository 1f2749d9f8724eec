import type { Bundle } from "../bundle/bundle.js";
import type { Label } from "../tasks/labels.js";
import type { Slot } from "../tasks/spans.js";
import type { TaskName } from "../tasks/task.js";
import type { PreparedText } from "../text/prepare.js";

export const ENGINE_NAMES = ["single-pass", "generate", "dual-decoder", "dual-encoder", "joint-encoder"] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** The library that runs a model. */
export const RUNTIME_NAMES = ["llama.cpp", "onnxruntime"] as const;
export type RuntimeName = (typeof RUNTIME_NAMES)[number];

/** A text to read: what the caller wrote, cut into words and pieces, and what may be done with it. */
export interface ScoreRequest {
  readonly text: PreparedText;
  /** Read the beginning of a text that is too long, instead of rejecting it. */
  readonly truncate: boolean;
  /** Where the text stands in the request, for errors: `text`, `texts[3]`. */
  readonly field: string;
}

/** What a text took, whatever the engine. */
export interface Effort {
  /** Tokens that the model was given, prompt and windows, over all its forwards. */
  readonly promptTokens: number;
  /** Of these, tokens whose states were taken from a cache. */
  readonly cachedTokens: number;
  /** Present when nothing was run: the answer to the same text was known. */
  readonly cached?: true;
  /** Tokens that the model wrote. */
  readonly generatedTokens: number;
  /** Present when the text was cut. */
  readonly truncated?: { readonly readTokens: number; readonly totalTokens: number };
  /** Milliseconds that turning the request's texts into tokens took, all of them together. */
  readonly tokenizeMs: number;
  /** Milliseconds between then and the start of this text's first forward. */
  readonly queueMs: number;
  /** Milliseconds from that start to the last score. */
  readonly inferenceMs: number;
}

/** One window of a text and the unnormalised scores of the labels, in the manifest's order. */
export interface WindowScores {
  readonly logits: Float32Array;
  /** How many tokens of the text the window holds: its weight. */
  readonly tokens: number;
}

/** Raw scores of one text. A task that was not asked for is absent. */
export interface Scores extends Effort {
  /** [labels] */
  readonly intent?: Float32Array;
  /** [words that were read][tags] */
  readonly slots?: readonly Float32Array[];
  readonly topic?: readonly WindowScores[];
}

/** The answer that an engine has written, with the probabilities of its label tokens. A task not asked for is absent. */
export interface WrittenAnswer extends Effort {
  readonly written: {
    readonly intent?: Label;
    /** In the order of the text; they never overlap. */
    readonly slots?: readonly Slot[];
    /** Best first: the labels of all windows, weighted by tokens. */
    readonly topic?: readonly Label[];
  };
  /** Slot values that the text does not say: left out. */
  readonly droppedSlots: number;
}

/** Told of every run of a model: how many prompts it held and how many tokens they had. Must not throw. */
export type BatchObserver = (prompts: number, tokens: number) => void;

/** Turns texts into raw task scores, or into answers. One instance owns one loaded bundle; safe to call concurrently. */
export interface Engine extends AsyncDisposable {
  readonly name: EngineName;
  readonly runtime: RuntimeName;
  readonly bundle: Bundle;
  /** How many texts are worth giving it at once: those that it works on, and those that it chooses the next from. */
  readonly places?: number;
  /** Runs nothing. @throws TextTooLongError as `score` would */
  check?(requests: readonly ScoreRequest[], tasks: readonly TaskName[]): Promise<void>;
  /** Where the model runs, in words: `cpu`, `cuda (NVIDIA H200), 12 of 12 layers`. */
  readonly device?: string | undefined;
  /** False while nobody could run a request, and one would have to wait until somebody can. Absent: always true. */
  readonly available?: boolean;
  /**
   * Scores in the order of `requests`; never answers partly.
   * @throws TextTooLongError before anything is run; EngineError when the runtime fails;
   *   the signal's reason for work that was still waiting when it was aborted.
   */
  score(
    requests: readonly ScoreRequest[],
    tasks: readonly TaskName[],
    signal: AbortSignal,
  ): Promise<(Scores | WrittenAnswer)[]>;
}

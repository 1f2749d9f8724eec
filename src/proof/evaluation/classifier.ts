import type { TaskName } from "../../tasks/task.js";
import type { Span } from "./labelled-text.js";

export interface Guess {
  readonly name: string;
  /** Calibrated probability, 0 to 1. */
  readonly confidence: number;
  /** The probabilities of the other labels, or what is left for them, in any order; absent for a slot. */
  readonly others?: readonly number[];
}

/** Tokens of one answer over all passes of the model, in the names of the API. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly cached_tokens: number;
  readonly generated_tokens: number;
  /** Slot values that the model wrote and the text does not say. */
  readonly dropped_slots?: number | undefined;
}

/** What was answered to a text. A task that was not asked for is absent. */
export interface Prediction {
  /** null: out of scope. */
  readonly intent?: Guess | null;
  /** High when out of scope, 0 to 1; absent when the bundle rejects nothing. */
  readonly outOfScopeScore?: number;
  readonly slots?: readonly (Span & Guess)[];
  readonly topic?: Guess & { readonly group: string };
  /** Whether the text was longer than what was read. */
  readonly truncated: boolean;
  readonly usage?: Usage;
}

/** What is evaluated. Safe to call concurrently. */
export interface Classifier {
  /** `name@version` of the bundle that answers. */
  readonly model: string;
  /** The engine of the bundle that answers. */
  readonly engine: string;
  /** The labels that each task can answer; slots by name, not by BIO tag. A task that is not answered is absent. */
  readonly labels: Readonly<Partial<Record<TaskName, ReadonlySet<string>>>>;
  /** Of the labels of intents the one that stands for none of the others: its rows are right when they are rejected. */
  readonly reject?: string | undefined;
  /** @throws OnepassError as the server would answer it. */
  classify(text: string, tasks: readonly TaskName[]): Promise<Prediction>;
}

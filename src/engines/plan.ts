import { TextTooLongError } from "../errors.js";
import type { TaskName } from "../tasks/task.js";

/** Another way to begin a text, for a model that learnt its first word otherwise: `ids` for the first `replaces` ids. */
export interface Beginning {
  readonly ids: readonly number[];
  readonly replaces: number;
}

/** A text as ids, and the index in them of each word's first token. */
export interface EncodedText {
  readonly ids: readonly number[];
  readonly words: readonly number[];
  readonly beginning?: Beginning;
}

/** One prompt to run: a stretch of a text's tokens, the words that slots are read at, and the tasks to answer. */
export interface Forward {
  readonly tasks: readonly TaskName[];
  readonly ids: readonly number[];
  /** Index in `ids` of the first token of each word that slots are asked of; empty unless `tasks` has slots. */
  readonly words: readonly number[];
  /** Of a forward that begins a text. */
  readonly beginning?: Beginning;
}

/** What a model is given for a forward. */
export interface Prompt {
  readonly ids: readonly number[];
  /** Positions in `ids` of the first token of each word of the forward. */
  readonly words: readonly number[];
}

/** How a text is read. The first forward answers every task; each further one is a window of the topic. */
export interface Plan {
  readonly forwards: readonly Forward[];
  readonly truncated?: { readonly readTokens: number; readonly totalTokens: number };
}

export interface Limits {
  /** Tokens of text in one forward. */
  readonly window_tokens: number;
  /** Tokens of text that the topic is read from. */
  readonly max_tokens: number;
}

/**
 * Decides what of a text is read, in which forwards.
 *
 * A text of one window is one forward for all tasks. Of a longer one the topic is read window by window; intent and slots
 * need the whole text before them at once, so they read the first window, and only when the caller allows a cut.
 * `truncated.readTokens` is what the task that read the least has read.
 * @throws TextTooLongError
 */
export function planText(
  { ids, words, beginning }: EncodedText,
  tasks: readonly TaskName[],
  { window_tokens, max_tokens }: Limits,
  { truncate, field }: { readonly truncate: boolean; readonly field: string },
): Plan {
  const topic = tasks.includes("topic");
  const topicAlone = topic && tasks.length === 1;
  const limit = topicAlone ? max_tokens : window_tokens;
  if (ids.length > limit && !truncate)
    throw new TextTooLongError(ids.length, limit, advice(ids, tasks, max_tokens), field);

  const opening = Math.min(ids.length, window_tokens);
  const end = topic ? Math.min(ids.length, max_tokens) : opening;
  const slotWords = tasks.includes("slots") ? words.filter((index) => index < opening || ids.length <= opening) : [];
  const forwards: Forward[] = [];
  // A text without words has no slots: nothing to ask the model.
  if (tasks.some((task) => task !== "slots") || slotWords.length > 0) {
    forwards.push({ tasks, ids: ids.slice(0, opening), words: slotWords, ...(beginning && { beginning }) });
  }
  for (let start = opening; start < end; start += window_tokens) {
    forwards.push({ tasks: ["topic"], ids: ids.slice(start, Math.min(start + window_tokens, end)), words: [] });
  }
  if (ids.length <= limit) return { forwards };
  return { forwards, truncated: { readTokens: topicAlone ? end : opening, totalTokens: ids.length } };
}

function advice(ids: readonly number[], tasks: readonly TaskName[], maxTokens: number): string {
  const windowed = tasks.includes("topic") && tasks.length > 1 && ids.length <= maxTokens;
  return windowed
    ? 'Shorten it, ask for "tasks": ["topic"] only, or send "truncate": true.'
    : 'Shorten it or send "truncate": true.';
}

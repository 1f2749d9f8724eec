import { OnepassError } from "../../errors.js";
import type { TaskName } from "../../tasks/task.js";
import type { Classifier, Prediction, Usage } from "./classifier.js";
import { tasksOf, type LabelledText } from "./labelled-text.js";
import { MistakeCounter, type Mistakes } from "./mistakes.js";
import { compare, type Outcome } from "./score.js";

/** Enough for an engine that forms batches; one that does not works them off one by one. */
const IN_FLIGHT = 8;

/** What the server answers to a text that it will not read: the row counts as wrong. Any other error ends the run. */
const REFUSALS: ReadonlySet<string> = new Set(["empty_text", "invalid_text", "text_too_long"]);

export interface Run {
  /** One a row, in their order; empty where a row carries nothing to score, fewer than rows when the run was stopped. */
  readonly outcomes: readonly Outcome[];
  /** Rows that were scored. */
  readonly scored: number;
  /** Texts that were refused. */
  readonly refused: number;
  /** Texts that were read in part. */
  readonly truncated: number;
  /** Mean tokens over the answers that state them; absent when none does. */
  readonly usage?: MeanUsage;
  /** Slot values that were written and left out, since the text does not say them; absent when there are none. */
  readonly dropped_slots?: number;
  readonly mistakes: Mistakes;
}

export type MeanUsage = Omit<Usage, "dropped_slots">;

const NO_TASK: Outcome = {};

function usageOf(usages: readonly Usage[]): Pick<Run, "usage" | "dropped_slots"> {
  if (usages.length === 0) return {};
  const dropped = usages.reduce((sum, usage) => sum + (usage.dropped_slots ?? 0), 0);
  const mean = (tokens: keyof MeanUsage) => usages.reduce((sum, usage) => sum + usage[tokens], 0) / usages.length;
  return {
    usage: {
      prompt_tokens: mean("prompt_tokens"),
      cached_tokens: mean("cached_tokens"),
      generated_tokens: mean("generated_tokens"),
    },
    ...(dropped > 0 && { dropped_slots: dropped }),
  };
}

async function ask(classifier: Classifier, text: string, tasks: readonly TaskName[]): Promise<Prediction | undefined> {
  try {
    return await classifier.classify(text, tasks);
  } catch (error) {
    if (error instanceof OnepassError && REFUSALS.has(error.code)) return undefined;
    throw error;
  }
}

/**
 * Asks for those of `tasks` that each row carries, and compares. Rows without any of them are not asked.
 * When `stop` is aborted no new row is begun; those in flight are finished.
 */
export async function runRows(
  rows: readonly LabelledText[],
  classifier: Classifier,
  tasks: readonly TaskName[],
  stop: AbortSignal,
  onProgress: (done: number) => void = () => undefined,
): Promise<Run> {
  const outcomes: Outcome[] = [];
  const usages: Usage[] = [];
  const mistakes = new MistakeCounter();
  let [next, done, refused, truncated] = [0, 0, 0, 0];
  let failed = false;
  async function work(): Promise<void> {
    for (let i = next++; i < rows.length && !stop.aborted && !failed; i = next++) {
      const row = rows[i];
      const asked = row ? tasksOf(row).filter((task) => tasks.includes(task)) : [];
      outcomes[i] = NO_TASK;
      if (!row || asked.length === 0) continue;
      const prediction = await ask(classifier, row.text, asked);
      refused += Number(prediction === undefined);
      truncated += Number(prediction?.truncated ?? false);
      if (prediction?.usage) usages.push(prediction.usage);
      outcomes[i] = compare(row, asked, prediction, classifier.reject);
      mistakes.add(row, asked, prediction);
      onProgress(++done);
    }
  }
  const workers = Array.from({ length: IN_FLIGHT }, () =>
    work().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  await Promise.all(workers);
  return { outcomes, scored: done, refused, truncated, ...usageOf(usages), mistakes: mistakes.worst };
}

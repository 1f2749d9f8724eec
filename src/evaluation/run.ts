import { OnepassError } from "../errors.js";
import type { TaskName } from "../tasks/task.js";
import type { Classifier, Prediction } from "./classifier.js";
import { tasksOf, type LabelledText } from "./labelled-text.js";
import { compare, type Outcome } from "./score.js";

/** Enough for an engine that forms batches; one that does not works them off one by one. */
const IN_FLIGHT = 8;

/** What the server answers to a text that it will not read: the row counts as wrong. Any other error ends the run. */
const REFUSALS: ReadonlySet<string> = new Set(["empty_text", "invalid_text", "text_too_long"]);

export interface Run {
  /** In the order of the rows; fewer than rows when the run was stopped. */
  readonly outcomes: readonly Outcome[];
  /** Texts that were refused. */
  readonly refused: number;
  /** Texts that were read in part. */
  readonly truncated: number;
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
 * Asks for those of `tasks` that each row carries, and compares. Rows without any of them are passed over.
 * When `stop` is aborted no new row is begun; those in flight are finished.
 */
export async function runRows(
  rows: readonly LabelledText[],
  classifier: Classifier,
  tasks: readonly TaskName[],
  stop: AbortSignal,
  onProgress: (done: number) => void = () => undefined,
): Promise<Run> {
  const outcomes: (Outcome | undefined)[] = [];
  let [next, done, refused, truncated] = [0, 0, 0, 0];
  let failed = false;
  async function work(): Promise<void> {
    for (let i = next++; i < rows.length && !stop.aborted && !failed; i = next++) {
      const row = rows[i];
      const asked = row ? tasksOf(row).filter((task) => tasks.includes(task)) : [];
      if (!row || asked.length === 0) continue;
      const prediction = await ask(classifier, row.text, asked);
      refused += Number(prediction === undefined);
      truncated += Number(prediction?.truncated ?? false);
      outcomes[i] = compare(row, asked, prediction);
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
  return { outcomes: outcomes.filter((outcome) => outcome !== undefined), refused, truncated };
}

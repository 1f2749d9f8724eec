import { TASK_NAMES, type TaskName } from "../../tasks/task.js";
import type { Classifier } from "./classifier.js";
import { columnsOf } from "./columns.js";
import { EvaluationError } from "./errors.js";
import { tasksOf } from "./labelled-text.js";
import type { DataFile } from "./load.js";
import type { Listener } from "./progress.js";
import type { FileReport } from "./report.js";
import { runRows } from "./run.js";
import { score } from "./score.js";

/** The tasks to score: all that the bundle answers, or those asked for. */
function chooseTasks(classifier: Classifier, asked: readonly TaskName[] | undefined): readonly TaskName[] {
  const answered = TASK_NAMES.filter((task) => classifier.labels[task]);
  const missing = asked?.find((task) => !answered.includes(task));
  if (missing)
    throw new EvaluationError(`--tasks: ${classifier.model} does not answer ${missing}, only ${answered.join(", ")}`);
  return asked ?? answered;
}

/** Gold labels that the bundle can't answer: mostly a sign of the wrong data or the wrong bundle. */
function foreignLabels({ rows }: DataFile, classifier: Classifier, task: TaskName): string[] {
  const known = classifier.labels[task];
  const gold = rows.flatMap((row) =>
    task === "slots" ? (row.slots ?? []).map((span) => span.name) : [row[task] ?? []].flat(),
  );
  return [...new Set(gold)].filter((label) => !known?.has(label));
}

function check(data: DataFile, classifier: Classifier, tasks: readonly TaskName[], listener: Listener): void {
  const { file, rows } = data;
  if (!rows.some((row) => tasksOf(row).some((task) => tasks.includes(task)))) {
    throw new EvaluationError(`${file}: no row carries a label of ${tasks.join(", ")}`);
  }
  for (const task of tasks) {
    const foreign = foreignLabels(data, classifier, task);
    if (foreign.length === 0) continue;
    const some = foreign.slice(0, 3).join(", ") + (foreign.length > 3 ? ", …" : "");
    listener.warn(
      `${file}: ${foreign.length} ${task} labels that ${classifier.model} can't answer count as wrong: ${some}`,
    );
  }
}

async function scoreFile(
  { file, sha256, rows }: DataFile,
  classifier: Classifier,
  tasks: readonly TaskName[],
  stop: AbortSignal,
  listener: Listener,
): Promise<FileReport> {
  const { outcomes, scored, mistakes, ...counts } = await runRows(rows, classifier, tasks, stop, (done) => {
    listener.progress(file, done, rows.length);
  });
  if (stop.aborted) listener.warn(`${file}: stopped after ${scored} of ${rows.length} rows`);
  const { refused } = counts;
  if (refused > 0) listener.warn(`${file}: ${refused} texts were refused and count as wrong`);
  return { file, sha256, rows: scored, ...counts, ...score(outcomes), mistakes, outcomes: columnsOf(outcomes) };
}

/**
 * Scores each file. When `stop` is aborted, the file in work is scored on the rows until then and the rest are left out.
 * @throws EvaluationError before anything is run when a file has nothing to score.
 */
export async function evaluate(
  files: readonly DataFile[],
  classifier: Classifier,
  asked: readonly TaskName[] | undefined,
  stop: AbortSignal,
  listener: Listener,
): Promise<FileReport[]> {
  const tasks = chooseTasks(classifier, asked);
  for (const data of files) check(data, classifier, tasks, listener);
  const reports: FileReport[] = [];
  for (const data of files) {
    if (stop.aborted) break;
    reports.push(await scoreFile(data, classifier, tasks, stop, listener));
  }
  return reports;
}

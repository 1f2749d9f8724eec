import { TASK_NAMES, type TaskName } from "../../tasks/task.js";
import { agreementOn, totalAgreement, type Agreement } from "./agreement.js";
import type { Classifier, Prediction } from "./classifier.js";
import { columnsOf } from "./columns.js";
import { tasksOf } from "./labelled-text.js";
import type { DataFile } from "./load.js";
import { pairedDifferences, type Differences } from "./paired.js";
import type { Listener } from "./progress.js";
import { runRows } from "./run.js";

/** How two ways to answer differ on one file. */
export interface AgreementReport {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  readonly agreement: Agreement;
  /** Each score of the first minus that of the second, as a fraction of 1, with its interval. */
  readonly differences: Differences;
}

/** Keeps what was answered, so that two classifiers are asked the same rows and compared afterwards. */
class Remembering implements Classifier {
  readonly answers = new Map<string, Prediction>();

  constructor(private readonly asked: Classifier) {}

  get model() {
    return this.asked.model;
  }
  get engine() {
    return this.asked.engine;
  }
  get labels() {
    return this.asked.labels;
  }
  get reject() {
    return this.asked.reject;
  }

  async classify(text: string, tasks: readonly TaskName[]): Promise<Prediction> {
    const answer = await this.asked.classify(text, tasks);
    this.answers.set(text, answer);
    return answer;
  }
}

/** Asks both about every row, the one after the other, so that neither takes the other's processors. */
export async function compareOn(
  { file, sha256, rows }: DataFile,
  one: Classifier,
  other: Classifier,
  stop: AbortSignal,
  listener: Listener,
): Promise<AgreementReport> {
  const tasks = TASK_NAMES.filter((task) => one.labels[task] && other.labels[task]);
  const [mine, theirs] = [new Remembering(one), new Remembering(other)];
  const runs = [];
  for (const classifier of [mine, theirs]) {
    const run = await runRows(rows, classifier, tasks, stop, (done) => {
      listener.progress(`${file}, ${classifier.model}`, done, rows.length);
    });
    runs.push({ name: classifier.model, sha256, options: {}, outcomes: columnsOf(run.outcomes) });
  }
  const [left, right] = runs;
  const agreements = rows.map((row) => {
    const asked = tasksOf(row).filter((task) => tasks.includes(task));
    return agreementOn(row.text, asked, mine.answers.get(row.text), theirs.answers.get(row.text));
  });
  return {
    file,
    sha256,
    rows: rows.length,
    agreement: totalAgreement(agreements),
    differences: left && right ? pairedDifferences(left, right) : {},
  };
}

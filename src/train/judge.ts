import type { Classifier, Prediction } from "../proof/evaluation/classifier.js";
import type { Surroundings } from "../proof/evaluation/command.js";
import { evaluate } from "../proof/evaluation/evaluate.js";
import type { LabelledText } from "../proof/evaluation/labelled-text.js";
import { loadData } from "../proof/evaluation/load.js";
import { progressOn } from "../proof/evaluation/progress.js";
import type { FileReport } from "../proof/evaluation/report.js";

/** A row beside what was answered; undefined where the text was refused. */
export interface Answered {
  readonly row: LabelledText;
  readonly prediction: Prediction | undefined;
}

export interface Judged {
  /** `name@version` of the bundle, and the engine that answered. */
  readonly model: string;
  readonly engine: string;
  readonly reject: string | undefined;
  readonly scores: FileReport;
  readonly answers: readonly Answered[];
}

/** Keeps what a classifier answers. */
class Recorder implements Classifier {
  readonly answers = new Map<string, Prediction>();

  constructor(private readonly classifier: Classifier) {}

  get model() {
    return this.classifier.model;
  }
  get engine() {
    return this.classifier.engine;
  }
  get labels() {
    return this.classifier.labels;
  }
  get reject() {
    return this.classifier.reject;
  }

  async classify(...asked: Parameters<Classifier["classify"]>): Promise<Prediction> {
    const prediction = await this.classifier.classify(...asked);
    // The same text may stand there with other labels, and be asked for other tasks.
    this.answers.set(asked[0], { ...this.answers.get(asked[0]), ...prediction });
    return prediction;
  }
}

/** Scores a bundle through the server's own code, file by file. @throws EvaluationError, OnepassError */
export async function judge(
  bundle: string,
  files: readonly string[],
  { open, stop, stderr }: Pick<Surroundings, "open" | "stop" | "stderr">,
): Promise<Judged[]> {
  const data = await loadData(files, { cut: false, stripHeaders: false });
  await using classifier = await open({ bundle });
  const recorder = new Recorder(classifier);
  using progress = progressOn(stderr);
  const scored = await evaluate(data, recorder, undefined, stop, progress);
  return scored.map((scores, i) => ({
    model: classifier.model,
    engine: classifier.engine,
    reject: classifier.reject,
    scores,
    answers: data[i]!.rows.map((row) => ({ row, prediction: recorder.answers.get(row.text) })),
  }));
}

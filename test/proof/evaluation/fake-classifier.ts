import type { Classifier, Prediction } from "../../../src/proof/evaluation/classifier.js";
import { parseRow, type LabelledText } from "../../../src/proof/evaluation/labelled-text.js";
import type { TaskName } from "../../../src/tasks/task.js";
import { readFileSync } from "node:fs";

export const UTTERANCES = new URL("../../fixtures/utterances.jsonl", import.meta.url).pathname;

const rows = readFileSync(UTTERANCES, "utf8").trim().split("\n").map(parseRow);

/** Knows the fixture by heart. Records what it was asked, and whether it was disposed of. */
export class FakeClassifier implements Classifier, AsyncDisposable {
  readonly model = "fake@1.0.0";
  readonly engine = "joint-encoder";
  readonly labels: Classifier["labels"];
  readonly asked: { text: string; tasks: readonly TaskName[] }[] = [];
  reject?: string;
  disposed = false;

  /** answer: what is answered to a row instead of the truth. */
  constructor(
    private readonly answer: (truth: Prediction, row: LabelledText) => Prediction | Promise<Prediction> = (truth) =>
      truth,
    tasks: readonly TaskName[] = ["intent", "slots"],
  ) {
    const names = (task: TaskName) =>
      rows.flatMap((row) => (task === "slots" ? (row.slots ?? []).map((slot) => slot.name) : [row[task] ?? []].flat()));
    this.labels = Object.fromEntries(tasks.map((task) => [task, new Set(names(task))]));
  }

  async classify(text: string, tasks: readonly TaskName[]): Promise<Prediction> {
    this.asked.push({ text, tasks });
    const row = rows.find((known) => known.text === text) ?? { id: "?", text };
    const slots = row.slots?.map((slot) => ({ ...slot, confidence: 0.9 })) ?? [];
    const truth = {
      truncated: false,
      ...(tasks.includes("intent") && { intent: { name: row.intent ?? "unknown", confidence: 0.8 } }),
      ...(tasks.includes("slots") && { slots }),
    };
    return this.answer(truth, row);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }
}

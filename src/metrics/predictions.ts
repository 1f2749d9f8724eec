import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Manifest } from "../bundle/manifest.js";
import { parseTagSet, slotNames } from "../tasks/bio.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";

/** What was answered to a text, as far as it is counted. A task that was not asked for is absent. */
export interface Prediction {
  /** null: out of scope. */
  readonly intent?: Named | null | undefined;
  readonly slots?: readonly Named[] | undefined;
  readonly topic?: Named | undefined;
}

interface Named {
  readonly name: string;
  readonly confidence: number;
}

/** Dense where answers are sure, since that is where most of them are. */
const CONFIDENCES = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99];

/**
 * What the models answer, beside what their train rows had: the raw material of drift (docs/monitoring.md).
 * Labels are those of the bundles, so there are as many series as the bundles have labels.
 */
export class PredictionMetrics {
  readonly #labels: Counter<"model" | "task" | "label">;
  readonly #priors: Gauge<"model" | "task" | "label">;
  readonly #confidence: Histogram<"model" | "task">;
  readonly #outOfScope: Counter<"model">;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#labels = new Counter({
      name: "onepass_predicted_labels_total",
      help: "Labels that were answered: the intent and the topic of each text, each of its slots.",
      labelNames: ["model", "task", "label"],
      registers,
    });
    this.#priors = new Gauge({
      name: "onepass_label_prior_ratio",
      help: "Share of a label among those of its task in the model's train rows.",
      labelNames: ["model", "task", "label"],
      registers,
    });
    this.#confidence = new Histogram({
      name: "onepass_confidence_ratio",
      help: "Confidence of the answered intent or topic, and of each slot.",
      labelNames: ["model", "task"],
      buckets: CONFIDENCES,
      registers,
    });
    this.#outOfScope = new Counter({
      name: "onepass_out_of_scope_total",
      help: "Texts whose intent was answered with null, as out of scope.",
      labelNames: ["model"],
      registers,
    });
  }

  /** A model is about to answer: its labels are known from now on, and none was answered yet. */
  expect(model: string, tasks: Manifest["tasks"]): void {
    for (const task of TASK_NAMES) {
      for (const { label, prior } of expected(tasks, task)) {
        this.#labels.inc({ model, task, label }, 0); // a series that begins at 1 hides its first answer from `increase`
        if (prior !== undefined) this.#priors.set({ model, task, label }, prior);
      }
    }
    if (tasks.intent) this.#outOfScope.inc({ model }, 0);
  }

  answered(model: string, predictions: readonly Prediction[]): void {
    for (const { intent, slots = [], topic } of predictions) {
      if (intent === null) this.#outOfScope.inc({ model });
      else if (intent) this.#count(model, "intent", intent);
      for (const slot of slots) this.#count(model, "slots", slot);
      if (topic) this.#count(model, "topic", topic);
    }
  }

  #count(model: string, task: TaskName, { name, confidence }: Named): void {
    this.#labels.inc({ model, task, label: name });
    this.#confidence.observe({ model, task }, confidence);
  }
}

/** The labels that can be answered, and their shares; the label that rejects is none, and the others' shares are of the rest. */
function expected(tasks: Manifest["tasks"], task: TaskName): { label: string; prior: number | undefined }[] {
  const labels = task === "slots" ? slotsOf(tasks) : (tasks[task]?.labels ?? []);
  const shares = labels.map((label, i) => ({ label, prior: tasks[task]?.prior?.[i] }));
  const answerable = shares.filter(({ label }) => task !== "intent" || label !== tasks.intent?.reject);
  const whole = answerable.reduce((sum, { prior = 0 }) => sum + prior, 0);
  return answerable.map(({ label, prior }) => ({ label, prior: prior === undefined ? undefined : prior / whole }));
}

function slotsOf({ slots }: Manifest["tasks"]): readonly string[] {
  return slots ? slotNames(parseTagSet(slots.tags).slots) : [];
}

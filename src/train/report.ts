import { SPLITS, type Row, type Split } from "../data/row.js";
import type { FileReport } from "../proof/evaluation/report.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import type { Curve } from "./events.js";
import type { Answered, Judged } from "./judge.js";
import type { ModelKind } from "./options.js";

type LabelTask = "intent" | "topic";
export const LABEL_TASKS = ["intent", "topic"] as const;

/** Of one label: counts, and fractions of 1. */
export interface LabelScore {
  readonly label: string;
  readonly train: number;
  /** Rows judged, those that were answered so, and both. */
  readonly gold: number;
  readonly answered: number;
  readonly right: number;
  readonly f1: number;
}

/** What was answered (columns) to rows of a label (lines); `null` stands for no answer, out of scope. */
export interface Confusion {
  readonly labels: readonly (string | null)[];
  readonly counts: readonly (readonly number[])[];
}

/** A row that was answered wrongly. */
export interface Mistake {
  readonly id: string;
  readonly text: string;
  readonly gold: string;
  readonly answered: string;
  /** Of the wrong answer. */
  readonly confidence: number;
}

export interface Judgement {
  readonly split: Split;
  readonly scores: Omit<FileReport, "outcomes" | "mistakes">;
  readonly confusion: Readonly<Partial<Record<LabelTask, Confusion>>>;
  readonly labels: Readonly<Partial<Record<TaskName, readonly LabelScore[]>>>;
  /** The surest mistakes first. */
  readonly mistakes: Readonly<Partial<Record<TaskName, readonly Mistake[]>>>;
}

export interface TrainReport {
  /** `name@version` */
  readonly bundle: string;
  readonly engine: string;
  readonly trained: ModelKind;
  readonly quick: boolean;
  readonly rows: Readonly<Record<Split, number>>;
  readonly reject: string | null;
  /** After which the weights were best. */
  readonly steps: number;
  /** Of this call, in seconds. */
  readonly seconds: { readonly training: number; readonly export: number; readonly judging: number };
  readonly curve: Curve;
  readonly judged: readonly Judgement[];
}

/** As many mistakes of a task as a reader looks at. */
const MOST_MISTAKES = 50;

export function judgement(split: Split, train: readonly Row[], { scores, answers, reject }: Judged): Judgement {
  const { outcomes: _, mistakes: __, ...figures } = scores;
  const confusion: Judgement["confusion"] = Object.fromEntries(
    LABEL_TASKS.filter((task) => scores[task]).map((task) => [task, confusionOf(task, answers)]),
  );
  const scored = TASK_NAMES.filter((task) => scores[task]);
  return {
    split,
    scores: { ...figures, file: split },
    confusion,
    labels: Object.fromEntries(scored.map((task) => [task, labelScores(task, train, answers, reject)])),
    mistakes: Object.fromEntries(scored.map((task) => [task, mistakesOf(task, answers, reject)])),
  };
}

const answeredLabel = ({ prediction }: Answered, task: LabelTask): string | null => prediction?.[task]?.name ?? null;

function confusionOf(task: LabelTask, answers: readonly Answered[]): Confusion {
  const pairs = answers.flatMap((one) => {
    const gold = one.row[task];
    return gold === undefined ? [] : [[gold, answeredLabel(one, task)] as const];
  });
  const labels = [...new Set(pairs.flat())].sort((a, b) =>
    a === null ? 1 : b === null ? -1 : a < b ? -1 : Number(a > b),
  );
  const place = new Map(labels.map((label, i) => [label, i]));
  const counts = labels.map(() => labels.map(() => 0));
  for (const [gold, answered] of pairs) counts[place.get(gold)!]![place.get(answered)!]! += 1;
  return { labels, counts };
}

const spanKey = (span: { start: number; end: number; name: string }) => `${span.start} ${span.end} ${span.name}`;

/** Of each label or slot [gold, answered, right], whatever the task. A rejected row was answered by the label that rejects. */
function labelScores(
  task: TaskName,
  train: readonly Row[],
  answers: readonly Answered[],
  reject: string | undefined,
): LabelScore[] {
  const counts = new Map<string, { train: number; gold: number; answered: number; right: number }>();
  const count = (label: string, what: "train" | "gold" | "answered" | "right") => {
    const found = counts.get(label) ?? { train: 0, gold: 0, answered: 0, right: 0 };
    counts.set(label, { ...found, [what]: found[what] + 1 });
  };
  for (const row of train) for (const label of labelsOfRow(row, task)) count(label, "train");
  for (const one of answers) {
    const { row, prediction } = one;
    if (task === "slots") {
      const wanted = new Set(row.slots?.map(spanKey));
      for (const { name } of row.slots ?? []) count(name, "gold");
      for (const span of prediction?.slots ?? []) {
        count(span.name, "answered");
        if (wanted.has(spanKey(span))) count(span.name, "right");
      }
    } else if (row[task] !== undefined) {
      const answered = answeredLabel(one, task) ?? (task === "intent" ? reject : undefined);
      count(row[task], "gold");
      if (answered !== undefined) count(answered, "answered");
      if (answered === row[task]) count(row[task], "right");
    }
  }
  return [...counts]
    .map(([label, found]) => ({ label, ...found, f1: f1(found) }))
    .filter(({ gold, answered }) => gold + answered > 0)
    .sort((a, b) => a.f1 - b.f1 || (a.label < b.label ? -1 : 1));
}

const labelsOfRow = (row: Row, task: TaskName): string[] =>
  task === "slots" ? row.entities.map(({ type }) => type) : [row[task] ?? []].flat();

const f1 = ({ gold, answered, right }: { gold: number; answered: number; right: number }): number =>
  gold + answered === 0 ? 0 : (2 * right) / (gold + answered);

function mistakesOf(task: TaskName, answers: readonly Answered[], reject: string | undefined): Mistake[] {
  const found = answers.flatMap((one) => {
    const mistake = task === "slots" ? slotMistake(one) : labelMistake(task, one, reject);
    return mistake ? [{ id: one.row.id, text: one.row.text, ...mistake }] : [];
  });
  return found.sort((a, b) => b.confidence - a.confidence).slice(0, MOST_MISTAKES);
}

type Difference = Pick<Mistake, "gold" | "answered" | "confidence">;

function labelMistake(task: LabelTask, one: Answered, reject: string | undefined): Difference | undefined {
  const gold = one.row[task];
  const answered = answeredLabel(one, task);
  if (gold === undefined || gold === answered) return undefined;
  if (task === "intent" && gold === reject && answered === null) return undefined;
  const { prediction } = one;
  const confidence = prediction?.[task]?.confidence ?? prediction?.outOfScopeScore ?? 0;
  return { gold, answered: answered ?? (prediction ? "(out of scope)" : "(refused)"), confidence };
}

/** Spans that are missing or made up; the surest of those made up says how sure the mistake is. */
function slotMistake({ row, prediction }: Answered): Difference | undefined {
  if (!row.slots) return undefined;
  const said = prediction?.slots ?? [];
  const [wanted, given] = [new Set(row.slots.map(spanKey)), new Set(said.map(spanKey))];
  const missed = row.slots.filter((span) => !given.has(spanKey(span)));
  const madeUp = said.filter((span) => !wanted.has(spanKey(span)));
  if (missed.length + madeUp.length === 0) return undefined;
  const words = (spans: readonly { start: number; end: number; name: string }[]) =>
    spans.map(({ name, start, end }) => `${name}="${row.text.slice(start, end)}"`).join(", ") || "(none)";
  return { gold: words(missed), answered: words(madeUp), confidence: Math.max(0, ...madeUp.map((s) => s.confidence)) };
}

export function countRows(rows: Readonly<Record<Split, readonly Row[]>>): Record<Split, number> {
  return Object.fromEntries(SPLITS.map((split) => [split, rows[split].length])) as Record<Split, number>;
}

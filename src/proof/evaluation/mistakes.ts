import type { Prediction } from "./classifier.js";
import type { LabelledText, Span } from "./labelled-text.js";

/** A label that was answered in the place of another; `predicted` is null where none was given. */
export interface Confusion {
  readonly gold: string;
  readonly predicted: string | null;
  readonly rows: number;
}

/** How often a slot stands in the rows, was answered, and both. */
export interface SlotCount {
  readonly slot: string;
  readonly gold: number;
  readonly predicted: number;
  readonly matched: number;
}

/** What goes wrong most, in labels and never in texts. Tasks that were not scored, or without a mistake, are absent. */
export interface Mistakes {
  /** Most frequent first. */
  readonly intent?: readonly Confusion[];
  readonly topic?: readonly Confusion[];
  /** The slots with the most spans missed or made up, worst first. */
  readonly slots?: readonly SlotCount[];
}

/** As many of each as a reader looks at. */
const MOST = 12;

const key = ({ name, start, end }: Span): string => `${start} ${end} ${name}`;
const wrong = ({ gold, predicted, matched }: SlotCount): number => gold + predicted - 2 * matched;

/** Counts of labels and slots over the rows that are told to it. */
export class MistakeCounter {
  readonly #confusions = { intent: new Map<string, Confusion>(), topic: new Map<string, Confusion>() };
  readonly #slots = new Map<string, SlotCount>();

  /** prediction: undefined when the text was refused. */
  add(row: LabelledText, tasks: readonly string[], prediction: Prediction | undefined): void {
    for (const task of ["intent", "topic"] as const) {
      const gold = row[task];
      if (gold !== undefined && tasks.includes(task)) this.#label(task, gold, prediction?.[task]?.name ?? null);
    }
    if (tasks.includes("slots")) this.#spans(row.slots ?? [], prediction?.slots ?? []);
  }

  get worst(): Mistakes {
    const { intent, topic } = this.#confusions;
    const confused = (found: Map<string, Confusion>) =>
      [...found.values()].sort((a, b) => b.rows - a.rows || (a.gold < b.gold ? -1 : 1)).slice(0, MOST);
    const slots = [...this.#slots.values()]
      .filter((count) => wrong(count) > 0)
      .sort((a, b) => wrong(b) - wrong(a) || (a.slot < b.slot ? -1 : 1))
      .slice(0, MOST);
    return {
      ...(intent.size > 0 && { intent: confused(intent) }),
      ...(topic.size > 0 && { topic: confused(topic) }),
      ...(slots.length > 0 && { slots }),
    };
  }

  #label(task: "intent" | "topic", gold: string, predicted: string | null): void {
    if (gold === predicted) return;
    const pair = `${gold} ${predicted ?? ""}`;
    const rows = (this.#confusions[task].get(pair)?.rows ?? 0) + 1;
    this.#confusions[task].set(pair, { gold, predicted, rows });
  }

  #spans(gold: readonly Span[], predicted: readonly Span[]): void {
    const wanted = new Set(gold.map(key));
    const count = (slot: string, more: Partial<SlotCount>) => {
      const { gold = 0, predicted = 0, matched = 0 } = this.#slots.get(slot) ?? {};
      this.#slots.set(slot, {
        slot,
        gold: gold + (more.gold ?? 0),
        predicted: predicted + (more.predicted ?? 0),
        matched: matched + (more.matched ?? 0),
      });
    };
    for (const { name } of gold) count(name, { gold: 1 });
    for (const span of predicted) count(span.name, { predicted: 1, matched: Number(wanted.has(key(span))) });
  }
}

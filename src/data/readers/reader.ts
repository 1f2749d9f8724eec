import type { Fault } from "../place.js";
import type { Annotated, Split } from "../row.js";

export const FORMATS = ["rasa", "conll", "massive", "csv", "jsonl"] as const;
export type Format = (typeof FORMATS)[number];

/** What a file holds. Faults are collected: one bad row does not hide the next. */
export interface Read {
  readonly rows: Annotated[];
  readonly faults: Fault[];
  /** What of the file is not used, or was read otherwise than it stands there; each thing once, with its number. */
  readonly notes: string[];
}

export interface ReaderOptions {
  /** Rasa's roles become part of a slot's name: `city.departure`. */
  readonly roles?: boolean | undefined;
}

/** Turns the text of a file into labelled texts. */
export type Reader = (file: string, text: string, options: ReaderOptions) => Read;

/** How other tools call the splits. */
const SPLIT_NAMES: Readonly<Record<string, Split>> = {
  ...{ train: "train", training: "train" },
  ...{ dev: "dev", val: "dev", valid: "dev", validation: "dev", eval: "dev" },
  test: "test",
};

/** Undefined for a name that stands for none. */
export const splitNamed = (name: string): Split | undefined => SPLIT_NAMES[name.trim().toLowerCase()];

export const UNKNOWN_SPLIT = "is no split; there are train, dev (validation) and test";

/** Counts what is noted, so that a thousand cases are one line. */
export class Notes {
  readonly #counts = new Map<string, number>();

  add(note: string, count = 1): void {
    this.#counts.set(note, (this.#counts.get(note) ?? 0) + count);
  }

  list(file: string): string[] {
    return [...this.#counts].map(([note, count]) => `${file}: ${note}${count > 1 ? ` (${count} times)` : ""}`);
  }
}

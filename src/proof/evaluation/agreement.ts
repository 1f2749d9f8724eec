import type { TaskName } from "../../tasks/task.js";
import type { Prediction } from "./classifier.js";

/** How often two answers say the same; counts, so that shares over any rows can be made of them. */
export interface Agreement {
  readonly intent?: Counted;
  /** Word by word: the slot that a word stands in, or none. */
  readonly words?: Counted;
  readonly topic?: Counted;
}

export interface Counted {
  readonly equal: number;
  readonly of: number;
}

type Spans = NonNullable<Prediction["slots"]>;

/** The tag of the word from `start` to `end`: BIO, as the spans over it say. */
function slotAt(spans: Spans, start: number, end: number): string {
  const span = spans.find((one) => one.start < end && one.end > start);
  // B and I are told apart: two names side by side are not one.
  return span ? `${span.start >= start ? "B" : "I"}-${span.name}` : "O";
}

function words(text: string, one: Spans, other: Spans): Counted {
  const found = [...text.matchAll(/\S+/gu)].map(({ index, 0: word }) => [index, index + word.length] as const);
  const equal = found.filter(([start, end]) => slotAt(one, start, end) === slotAt(other, start, end)).length;
  return { equal, of: found.length };
}

const nameOf = (guess: { readonly name: string } | null | undefined): string | null => guess?.name ?? null;
const whether = (equal: boolean): Counted => ({ equal: Number(equal), of: 1 });

/** Compares what two engines answered to one text. */
export function agreementOn(
  text: string,
  tasks: readonly TaskName[],
  one: Prediction | undefined,
  other: Prediction | undefined,
): Agreement {
  return {
    ...(tasks.includes("intent") && { intent: whether(nameOf(one?.intent) === nameOf(other?.intent)) }),
    ...(tasks.includes("slots") && { words: words(text, one?.slots ?? [], other?.slots ?? []) }),
    ...(tasks.includes("topic") && { topic: whether(nameOf(one?.topic) === nameOf(other?.topic)) }),
  };
}

/** Sums over rows. */
export function totalAgreement(rows: readonly Agreement[]): Agreement {
  const sum = (name: keyof Agreement) => {
    const counts = rows.flatMap((row) => row[name] ?? []);
    if (counts.length === 0) return {};
    return {
      [name]: {
        equal: counts.reduce((total, { equal }) => total + equal, 0),
        of: counts.reduce((total, { of }) => total + of, 0),
      },
    };
  };
  return { ...sum("intent"), ...sum("words"), ...sum("topic") };
}

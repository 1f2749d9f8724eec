import { resolveDate } from "./dates.js";
import type { Reference, Resolvable, Resolved } from "./resolvable.js";
import { durationOf, numberOf, timeOf } from "./values.js";

/** The ways to read a value, by what its slot holds, the likeliest first: people say "two hours" where a time is asked. */
const READINGS: Readonly<
  Record<Resolvable, readonly ((value: string, reference: Reference) => Resolved | undefined)[]>
> = {
  date: [resolveDate, durationOf],
  time: [timeOf, durationOf, resolveDate],
  duration: [durationOf],
  number: [numberOf],
};

/**
 * What the words of a slot stand for; null when that can't be told. English.
 * value: as the text has it.
 */
export function resolveValue(value: string, kind: Resolvable, reference: Reference): Resolved | null {
  for (const read of READINGS[kind]) {
    const found = read(value, reference);
    if (found) return found;
  }
  return null;
}

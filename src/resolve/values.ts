import { english, plain } from "./language.js";
import type { Resolved } from "./resolvable.js";

const two = (number: number): string => String(number).padStart(2, "0");

/** A time of day. A bare hour counts as it is said: "nine" is 09:00, "nine pm" and "twenty one" are 21:00. */
export function timeOf(value: string): Resolved | undefined {
  const said = plain(value).replace(/^(at|around|about|by)\s+/u, "");
  const clock = /^(\d{1,2})[:.](\d{2})$/u.exec(said); // the library would make an afternoon of "5:45"
  if (clock) return timeFrom(Number(clock[1]), Number(clock[2]));
  const document = english(said);
  if (document.has("^#Value+$")) return bareTime(document.numbers().get() as (number | null)[]);
  const [time] = document.times().get() as { hour?: number; minute?: number }[];
  return time?.hour === undefined ? undefined : timeFrom(time.hour, time.minute ?? 0);
}

/** Nothing but numbers: "nine", "ten fifteen" (two of them), "nine thirty" (which the library takes for 930). */
function bareTime([hour, minute]: readonly (number | null)[]): Resolved | undefined {
  if (hour === null || hour === undefined) return undefined;
  return hour >= 100 ? timeFrom(Math.floor(hour / 100), hour % 100) : timeFrom(hour, minute ?? 0);
}

function timeFrom(hour: number, minute: number): Resolved | undefined {
  const exists =
    Number.isInteger(hour) && Number.isInteger(minute) && hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
  return exists ? { type: "time", value: `${two(hour)}:${two(minute)}` } : undefined;
}

/** Units of a duration in ISO 8601 (5.5.2.2), each behind its marker. */
const UNITS = { year: "Y", month: "M", week: "W", day: "D", hour: "H", minute: "M", second: "S" } as const;
const DAYS = ["year", "month", "week", "day"] as const;
const TIMES = ["hour", "minute", "second"] as const;

/** A stretch of time: "two hours" is `PT2H`, "half an hour" `PT30M`. */
export function durationOf(value: string): Resolved | undefined {
  const said = plain(value)
    .replace(/\bhalf an hour\b/u, "30 minutes")
    .replace(/\b(an?|one) hour and a half\b/u, "90 minutes")
    .replace(/\ban? (?=(second|minute|hour|day|week|month|year)\b)/u, "1 ");
  const [found] = english(said).durations().get() as Partial<Record<keyof typeof UNITS, number>>[];
  if (!found) return undefined;
  const write = (units: readonly (keyof typeof UNITS)[]) =>
    units.map((unit) => (found[unit] ? `${found[unit]}${UNITS[unit]}` : "")).join("");
  const [days, times] = [write(DAYS), write(TIMES)];
  return days === "" && times === "" ? undefined : { type: "duration", value: `P${days}${times && `T${times}`}` };
}

/** "twenty five percent" is 25 with the unit "percent"; "$20" 20 with "$". */
export function numberOf(value: string): Resolved | undefined {
  const said = plain(value);
  const unsigned = said.replace(/^(?:[-−]|minus\s)\s*/u, ""); // the library loses the sign, or the unit, of "-$20"
  const [first] = english(unsigned).numbers().json() as {
    number?: { num: number | null; prefix: string; suffix: string };
  }[];
  const { num, prefix = "", suffix = "" } = first?.number ?? {};
  if (num === null || num === undefined || !Number.isFinite(num)) return undefined;
  const unit = suffix === "%" || /\bper\s?cent\b/u.test(said) ? "percent" : prefix;
  return { type: "number", value: unsigned === said ? num : -num, ...(unit !== "" && { unit }) };
}

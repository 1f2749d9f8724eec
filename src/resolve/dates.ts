import { english, plain } from "./language.js";
import type { Reference, Resolved } from "./resolvable.js";

/** What compromise-dates tells of a stretch of days or of a moment. */
interface Found {
  /** ISO 8601 with the offset of the zone. */
  readonly start: string | null;
  readonly end: string | null;
  readonly unit?: string;
}

/** Units of which a date is a moment and no day. */
const MOMENTS: ReadonlySet<string | undefined> = new Set(["time", "millisecond", "second", "minute", "hour"]);

/** The library would make 23:00 of "24:00". */
const NO_HOUR = /^(2[4-9]|[3-9]\d)[:.]\d{2}$/u;

/** A day, several, or a moment: "friday", "next week", "tomorrow at noon". Names of days lie ahead of the reference. */
export function resolveDate(value: string, { time, timezone }: Reference): Resolved | undefined {
  const said = plain(value);
  if (NO_HOUR.test(said)) return undefined;
  const context = { timezone, today: localTime(time, timezone) };
  const [found] = english(said).dates(context).get() as Found[];
  if (!found?.start) return dayOfMonth(said, context.today);
  if (MOMENTS.has(found.unit)) return { type: "datetime", value: withoutMilliseconds(found.start) };
  const [first, last] = [day(found.start), day(found.end ?? found.start)];
  return { type: "date", value: first, ...(last !== first && { end: last }) };
}

const day = (moment: string): string => moment.slice(0, "YYYY-MM-DD".length);
const withoutMilliseconds = (moment: string): string => moment.replace(/\.\d{3}(?=[Z+-])/u, "");

/** The clock on the wall at a moment: `2026-11-30T09:00:00`. */
export function localTime(moment: string, timezone: string): string {
  // Swedish writes dates as ISO 8601 does.
  return new Date(moment).toLocaleString("sv-SE", { timeZone: timezone }).replace(" ", "T");
}

/** "the fifteenth": the next such day, today included. */
function dayOfMonth(said: string, today: string): Resolved | undefined {
  const match = /^(?:on )?(?:the )?(\S+|twenty[ -]\S+|thirty[ -]\S+)$/u.exec(said);
  const numbers = english(match?.[1] ?? "").numbers();
  if (numbers.length === 0 || !numbers.isOrdinal().found) return undefined;
  const wanted = (numbers.get() as (number | null)[])[0];
  if (!wanted || wanted < 1 || wanted > 31) return undefined;
  const [year = 0, month = 1, date = 1] = day(today).split("-").map(Number);
  for (let ahead = wanted >= date ? 0 : 1; ahead < 12; ahead++) {
    const found: Date = new Date(Date.UTC(year, month - 1 + ahead, wanted));
    // A month that is too short would run on into the next.
    if (found.getUTCDate() === wanted) return { type: "date", value: day(found.toISOString()) };
  }
  return undefined;
}

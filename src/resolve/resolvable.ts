/** What a slot's value stands for; which slot has which is data of the bundle. */
export const RESOLVABLE = ["date", "time", "duration", "number"] as const;
export type Resolvable = (typeof RESOLVABLE)[number];

/** A value that a program can reckon with. */
export type Resolved =
  /** A day, or from a day to another (both included); `YYYY-MM-DD`. */
  | { readonly type: "date"; readonly value: string; readonly end?: string }
  /** A moment, ISO 8601 with the zone's offset. */
  | { readonly type: "datetime"; readonly value: string }
  /** A time of day, `HH:MM`. */
  | { readonly type: "time"; readonly value: string }
  /** ISO 8601: `PT2H`. */
  | { readonly type: "duration"; readonly value: string }
  | { readonly type: "number"; readonly value: number; readonly unit?: string };

/** The moment and the place that "tomorrow at nine" is said at. */
export interface Reference {
  /** ISO 8601. */
  readonly time: string;
  /** IANA name. */
  readonly timezone: string;
}

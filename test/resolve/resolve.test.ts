import { describe, expect, test } from "vitest";
import type { Resolvable, Resolved } from "../../src/resolve/resolvable.js";
import { resolveValue } from "../../src/resolve/resolve.js";

// A Monday, at three in the afternoon in New York.
const reference = { time: "2026-11-30T20:00:00Z", timezone: "America/New_York" };
const resolved = (value: string, kind: Resolvable) => resolveValue(value, kind, reference);

const date = (value: string, end?: string): Resolved => ({ type: "date", value, ...(end && { end }) });
const time = (value: string): Resolved => ({ type: "time", value });
const duration = (value: string): Resolved => ({ type: "duration", value });

describe("dates", () => {
  test.each([
    ["friday", date("2026-12-04")],
    ["tomorrow", date("2026-12-01")],
    ["today", date("2026-11-30")],
    ["next week", date("2026-12-07", "2026-12-13")],
    ["this weekend", date("2026-12-05", "2026-12-06")],
    ["march third", date("2027-03-03")],
    ["december twenty fifth", date("2026-12-25")],
    ["in five days", date("2026-12-05")],
    ["last month", date("2026-10-01", "2026-10-31")],
    ["the thirtieth", date("2026-11-30")], // today
    ["the fifteenth", date("2026-12-15")],
    ["the thirty first", date("2026-12-31")],
    ["wednesday at three", { type: "datetime", value: "2026-12-02T15:00:00-05:00" }],
    ["noon tomorrow", { type: "datetime", value: "2026-12-01T12:00:00-05:00" }],
    ["two weeks", duration("P2W")],
  ] as [string, Resolved][])("%s", (value, wanted) => {
    expect(resolved(value, "date")).toEqual(wanted);
  });

  test("a day is that of the zone: it is Tuesday in Tokyo already", () => {
    expect(resolveValue("today", "date", { ...reference, timezone: "Asia/Tokyo" })).toEqual(date("2026-12-01"));
  });

  test("a month that has no such day is passed over", () => {
    const february = { time: "2027-02-01T12:00:00Z", timezone: "UTC" };
    expect(resolveValue("the thirtieth", "date", february)).toEqual(date("2027-03-30"));
  });
});

describe("times", () => {
  test.each([
    ["nine", time("09:00")],
    ["nine am", time("09:00")],
    ["9:30 pm", time("21:30")],
    ["five p. m.", time("17:00")],
    ["five p.m.", time("17:00")],
    ["half past six", time("06:30")],
    ["quarter to five pm", time("16:45")],
    ["nine thirty", time("09:30")],
    ["nine thirty pm", time("21:30")],
    ["eight o'clock", time("08:00")],
    ["ten fifteen", time("10:15")],
    ["twenty one", time("21:00")],
    ["at ten", time("10:00")],
    ["noon", time("12:00")],
    ["seven in the evening", time("19:00")],
    ["5:45", time("05:45")],
    ["17:30", time("17:30")],
    ["0:00", time("00:00")],
    ["two hours", duration("PT2H")],
    ["ten minutes from now", { type: "datetime", value: "2026-11-30T15:10:00-05:00" }],
  ] as [string, Resolved][])("%s", (value, wanted) => {
    expect(resolved(value, "time")).toEqual(wanted);
  });
});

describe("durations and numbers", () => {
  test.each([
    ["thirty minutes", "duration", duration("PT30M")],
    ["half an hour", "duration", duration("PT30M")],
    ["an hour", "duration", duration("PT1H")],
    ["one hour and a half", "duration", duration("PT90M")],
    ["two weeks", "duration", duration("P2W")],
    ["twenty five percent", "number", { type: "number", value: 25, unit: "percent" }],
    ["50%", "number", { type: "number", value: 50, unit: "percent" }],
    ["$20", "number", { type: "number", value: 20, unit: "$" }],
    ["one hundred and five", "number", { type: "number", value: 105 }],
    ["minus three", "number", { type: "number", value: -3 }],
    ["-20", "number", { type: "number", value: -20 }],
    ["-$20", "number", { type: "number", value: -20, unit: "$" }],
    ["minus three percent", "number", { type: "number", value: -3, unit: "percent" }],
    ["3.5", "number", { type: "number", value: 3.5 }],
  ] as [string, Resolvable, Resolved][])("%s as a %s", (value, kind, wanted) => {
    expect(resolved(value, kind)).toEqual(wanted);
  });
});

test.each([
  ["everything", "date"],
  ["soon", "time"],
  ["99", "time"],
  ["24:00", "time"],
  ["9:60", "time"],
  ["nine lives", "time"],
  ["a while", "duration"],
  ["many", "number"],
  ["🎵", "number"],
  ["", "date"],
] as [string, Resolvable][])("%j as a %s can't be told, and says so", (value, kind) => {
  expect(resolved(value, kind)).toBeNull();
});

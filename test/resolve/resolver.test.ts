import { afterAll, expect, test } from "vitest";
import { Resolver, type Value } from "../../src/resolve/resolver.js";

const reference = { time: "2026-11-30T20:00:00Z", timezone: "UTC" };
const resolver = new Resolver();

afterAll(() => resolver[Symbol.asyncDispose]());

test("values come back in order, also of several calls at once", async () => {
  const hours = ["one", "two", "three"].map((value): Value => ({ value, kind: "time" }));
  const calls = await Promise.all([
    resolver.resolve(hours, reference),
    resolver.resolve([{ value: "friday", kind: "date" }], reference),
    resolver.resolve([], reference),
  ]);
  expect(calls).toEqual([
    ["01:00", "02:00", "03:00"].map((value) => ({ type: "time", value })),
    [{ type: "date", value: "2026-12-04" }],
    [],
  ]);
});

test("what is too long for a date is not read, and takes no other's place", async () => {
  const values: Value[] = [
    { value: "nine ".repeat(50), kind: "time" },
    { value: "ten", kind: "time" },
  ];
  expect(await resolver.resolve(values, reference)).toEqual([null, { type: "time", value: "10:00" }]);
});

test("a thread that has ended is replaced", async () => {
  const own = new Resolver();
  await own.resolve([{ value: "ten", kind: "time" }], reference);
  await own[Symbol.asyncDispose]();
  expect(await own.resolve([{ value: "ten", kind: "time" }], reference)).toEqual([{ type: "time", value: "10:00" }]);
  await own[Symbol.asyncDispose]();
});

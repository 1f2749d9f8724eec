import { expect, test, vi } from "vitest";
import { SlotResolver } from "../../src/classify/resolve.js";
import type { Value } from "../../src/resolve/resolver.js";
import { fakeBundle } from "./fakes.js";
import { harness } from "../http/harness.js";

const slot = (name: string, value: string) => ({ name, value, start: 0, end: 1, confidence: 1 });
const { manifest } = fakeBundle("single-pass");
const tasks = { ...manifest.tasks, slots: { ...manifest.tasks.slots!, resolve: { time: "time" as const } } };

test("slots that the bundle names are resolved, in whichever answer they stand; others stay as they are", async () => {
  const asked: (readonly Value[])[] = [];
  const resolver = {
    resolve: (values: readonly Value[]) => {
      asked.push(values);
      return Promise.resolve(values.map(({ value }) => (value === "soon" ? null : { type: "time" as const, value })));
    },
  };
  const answers = [
    { text: "a", slots: [slot("time", "09:00"), slot("place", "rome")] },
    { text: "b" },
    { text: "c", slots: [slot("time", "soon")] },
  ];
  const resolved = await new SlotResolver(resolver).resolve(answers, { tasks }, { timezone: "UTC" });
  expect(resolved).toEqual([
    {
      text: "a",
      slots: [{ ...slot("time", "09:00"), resolved: { type: "time", value: "09:00" } }, slot("place", "rome")],
    },
    { text: "b" },
    { text: "c", slots: [{ ...slot("time", "soon"), resolved: null }] },
  ]);
  expect(asked).toEqual([
    [
      { value: "09:00", kind: "time" },
      { value: "soon", kind: "time" },
    ],
  ]);
});

test("over HTTP, only when it is asked for", async () => {
  const { http } = await harness([fakeBundle("single-pass", { tasks })]);
  const slotsOf = async (fields: object) => {
    const { body } = await http
      .post("/classify")
      .send({ text: "at nine am", ...fields })
      .expect(200);
    return (body as { slots: unknown[] }).slots;
  };
  const [plain] = await slotsOf({});
  expect(plain).not.toHaveProperty("resolved");
  // The thread that reads values starts with the first of them, which may take longer than this service gives a request.
  const [resolved] = await vi.waitFor(() => slotsOf({ resolve: true, timezone: "Europe/Berlin" }), 30_000);
  expect(resolved).toMatchObject({ value: "nine am", resolved: { type: "time", value: "09:00" } });
});

test.each([
  [{ timezone: "Mars/Olympus" }, "timezone"],
  [{ reference_time: "yesterday" }, "reference_time"],
  [{ reference_time: "2026-11-30T09:00:00" }, "reference_time"],
  [{ resolve: "yes" }, "resolve"],
])("%j is refused by name", async (fields, field) => {
  const { http } = await harness();
  const { body } = await http
    .post("/classify")
    .send({ text: "hi", ...fields })
    .expect(400);
  expect(body).toMatchObject({ error: { code: "invalid_request", field } });
});

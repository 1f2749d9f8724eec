import { expect, test } from "vitest";
import { withDeadline } from "../../src/classify/deadline.js";
import { deadlineOf } from "../../src/scheduling/deadline.js";

const forever = () => new Promise<never>(() => undefined);
const nobodyLeaves = new AbortController().signal;

test("work that ends in time gives its result", async () => {
  await expect(withDeadline(1000, nobodyLeaves, () => Promise.resolve(7))).resolves.toBe(7);
});

test("work that takes too long is left, and told", async () => {
  let told: AbortSignal | undefined;
  const answer = withDeadline(5, nobodyLeaves, (signal) => ((told = signal), forever()));
  await expect(answer).rejects.toMatchObject({ code: "deadline_exceeded", status: 504 });
  expect(told?.aborted).toBe(true);
});

test("a caller who leaves ends the wait with the reason", async () => {
  const caller = new AbortController();
  const answer = withDeadline(1000, caller.signal, forever);
  const reason = new Error("gone");
  caller.abort(reason);
  await expect(answer).rejects.toBe(reason);
});

test("for a caller who has left nothing is begun", async () => {
  let begun = false;
  const answer = withDeadline(1000, AbortSignal.abort(new Error("gone")), () => ((begun = true), forever()));
  await expect(answer).rejects.toThrow("gone");
  expect(begun).toBe(false);
});

test("work knows when nobody waits for it any more, and work without a deadline that somebody always does", async () => {
  const before = performance.now();
  const at = await withDeadline(1000, nobodyLeaves, (signal) => Promise.resolve(deadlineOf(signal)));
  expect(at).toBeGreaterThanOrEqual(before + 1000);
  expect(at).toBeLessThanOrEqual(performance.now() + 1000);
  expect(deadlineOf(nobodyLeaves)).toBe(Infinity);
});

import { expect, test } from "vitest";
import { loadBundle } from "../../src/bundle/bundle.js";
import { assertMemory, bytesNeeded } from "../../src/lifecycle/memory.js";
import { fakeBundle } from "../classify/fakes.js";
import { FIXTURES } from "../engines/generate/tiny.js";

test("a model needs more than its files, once in each worker", async () => {
  const bundle = await loadBundle(`${FIXTURES}/tiny-causal`);
  const here = await bytesNeeded(bundle, 0);
  expect(here).toBeGreaterThan(1_000);
  expect(await bytesNeeded(bundle, 2)).toBeGreaterThan(2 * here);
});

test("a model that does not fit is refused with both figures", () => {
  const bundle = fakeBundle("single-pass");
  expect(() => {
    assertMemory(bundle, 100, 100);
  }).not.toThrow();
  expect(() => {
    assertMemory(bundle, 300 * 2 ** 20, 200 * 2 ** 20);
  }).toThrow(
    expect.objectContaining({ details: { reason: "insufficient_memory", needed_mb: 300, available_mb: 200 } }),
  );
});

import { join } from "node:path";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../../../src/package.js";
import type { Fixture } from "../../../../src/proof/fuzz/models/cases.js";
import type { Tally } from "../../../../src/proof/fuzz/models/run.js";
import type { Loss, Verdict } from "../../../../src/proof/fuzz/models/verdict.js";

// The built ones: the process that opens bundles is a compiled file.
const built = (file: string) => import(join(PACKAGE_ROOT, "dist/src/proof/fuzz/models", file)) as Promise<unknown>;
const { readFixture } = (await built("cases.js")) as { readFixture: (folder: string) => Promise<Fixture> };
const { fuzzModels } = (await built("run.js")) as {
  fuzzModels: (plan: object, tester: { test(folder: string): Promise<Verdict | Loss> }) => Promise<Tally>;
};
const { Tester } = (await built("tester.js")) as {
  Tester: new (limits: object) => AsyncDisposable & { test(folder: string): Promise<Verdict | Loss> };
};
const LIMITS = { caseMs: 60_000, maxBytes: 3 * 1024 ** 3 };
const fixture = (name: string) => readFixture(join(PACKAGE_ROOT, "test/fixtures", name));
const stop = new AbortController().signal;

test("of 20 seeded bundles each is refused with a code or loaded, and its process lives", async () => {
  const fixtures = await Promise.all(["tiny-causal", "roberta-small-int8"].map(fixture));
  await using tester = new Tester(LIMITS);
  const tally = await fuzzModels({ fixtures, seed: 3, from: 0, cases: 20, stop }, tester);
  expect(tally.findings).toEqual([]);
  expect(tally.refusedByCheck + tally.refusedByEngine + tally.refusedByEnd + tally.loaded).toBe(20);
  expect(tally.loaded).toBeGreaterThan(0);
  expect(tally.refusedByCheck).toBeGreaterThan(0);
});

test("a process that ends, hangs or bloats is a finding, and the next bundle has a new one", async () => {
  await using tester = new Tester({ ...LIMITS, caseMs: 1 });
  expect(await tester.test("/nowhere")).toEqual({ outcome: "hung", seconds: 0.001 });
  await using fresh = new Tester({ ...LIMITS, maxBytes: 1 });
  const sound = join(PACKAGE_ROOT, "test/fixtures/roberta-small");
  expect((await fresh.test(sound)).outcome).toMatch(/bloated|loaded/);
  await using good = new Tester(LIMITS);
  expect(await good.test("/nowhere")).toMatchObject({ outcome: "refused", code: "invalid_bundle", by: "check" });
  expect(await good.test(join(PACKAGE_ROOT, "test/fixtures/tiny-causal"))).toEqual({ outcome: "loaded" });
});

test("findings are told with what was changed", async () => {
  const verdicts: (Verdict | Loss)[] = [
    { outcome: "crashed", how: "SIGSEGV" },
    { outcome: "uncoded", message: "Error: x" },
    { outcome: "loaded", code: "engine_failed" },
  ];
  const tester = { test: () => Promise.resolve(verdicts.shift()!) };
  const tally = await fuzzModels({ fixtures: [await fixture("tiny-causal")], seed: 1, from: 4, cases: 3, stop }, tester);
  expect(tally.findings.map(({ number, verdict }) => [number, verdict.outcome])).toEqual([
    [4, "crashed"],
    [5, "uncoded"],
  ]);
  expect(tally).toMatchObject({ loaded: 1, answeredWithCode: 1, codes: { engine_failed: 1 } });
});

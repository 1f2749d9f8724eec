import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import type { Io } from "../../../cli/io.js";
import { PACKAGE_ROOT } from "../../../package.js";
import { makeCase, readFixture, writeCase } from "./cases.js";
import { fuzzModels, type Tally } from "./run.js";
import { Tester } from "./tester.js";

export interface ModelFuzzOptions {
  readonly cases: number;
  readonly from: number;
  readonly seed: number;
  readonly caseMs: number;
  readonly json?: string | undefined;
  /** Only write the bundle of `from` to this folder. */
  readonly keep?: string | undefined;
}

const FIXTURES = ["tiny-causal", "tiny-prefix", "roberta-small", "roberta-small-int8"];
const MAX_BYTES = 3 * 1024 ** 3;
const TELL_EVERY = 25;

/** Returns 0 when every bundle was refused with a code or loaded, 1 otherwise. */
export async function modelFuzzCommand(options: ModelFuzzOptions, { stdout, stderr, stop }: Pick<Io, "stdout" | "stderr" | "stop">): Promise<number> {
  const { cases, from, seed, caseMs, json, keep } = options;
  const fixtures = await Promise.all(FIXTURES.map((name) => readFixture(join(PACKAGE_ROOT, "test/fixtures", name))));
  if (keep !== undefined) {
    const one = makeCase(fixtures, seed, from);
    await writeCase(one, keep);
    stdout.write(`${one.name}, ${one.change}: written to ${keep}\n`);
    return 0;
  }
  await using tester = new Tester({ caseMs, maxBytes: MAX_BYTES });
  const startedAt = Date.now();
  const told = (tally: Tally) => {
    if (tally.cases % TELL_EVERY === 0) stderr.write(`${tally.cases} of ${cases}, ${tally.findings.length} findings\n`);
  };
  const tally = await fuzzModels({ fixtures, seed, from, cases, stop, told }, tester);
  const report = {
    command: `npm run fuzz:models -- --cases ${cases} --seed ${seed}${from > 0 ? ` --from ${from}` : ""}`,
    date: new Date(startedAt).toISOString(),
    cpu: cpus()[0]?.model.trim(),
    node: process.versions.node,
    seconds: Math.round((Date.now() - startedAt) / 1000),
    pass: tally.findings.length === 0 && tally.cases === cases,
    ...tally,
  };
  if (json !== undefined) {
    await mkdir(dirname(json), { recursive: true });
    await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  }
  for (const { number, fixture, change, verdict } of tally.findings) {
    stdout.write(`case ${number}: ${fixture}, ${change}: ${JSON.stringify(verdict)}\n`);
  }
  stdout.write(
    `${tally.cases} bundles: ${tally.refusedByCheck} refused by the checks, ${tally.refusedByEngine} by an engine, ${tally.refusedByEnd} by the end of a worker, ` +
      `${tally.loaded} loaded; ${tally.findings.length} findings. ${report.pass ? "Passed." : "FAILED."}\n`,
  );
  return report.pass ? 0 : 1;
}

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCase, writeCase, type Fixture, type FuzzCase } from "./cases.js";
import type { Tester } from "./tester.js";
import type { Loss, Verdict } from "./verdict.js";

/** A bundle that did what none may: ended or held its process, or failed without a code. */
export interface Finding {
  readonly number: number;
  readonly fixture: string;
  readonly change: string;
  readonly verdict: Verdict | Loss;
}

export interface Tally {
  cases: number;
  /** By the header check, the manifest's or the hash's. */
  refusedByCheck: number;
  refusedByEngine: number;
  /** The worker that was to open it ended; the server says so with a code. */
  refusedByEnd: number;
  loaded: number;
  /** Of `loaded`: the text was refused with a code. */
  answeredWithCode: number;
  /** By code. */
  readonly codes: Record<string, number>;
  readonly findings: Finding[];
  longestMs: number;
}

export interface Plan {
  readonly fixtures: readonly Fixture[];
  readonly seed: number;
  readonly from: number;
  readonly cases: number;
  readonly stop: AbortSignal;
  readonly told?: (tally: Tally) => void;
}

/** Tries one case after the other. */
export async function fuzzModels({ fixtures, seed, from, cases, stop, told }: Plan, tester: Pick<Tester, "test">): Promise<Tally> {
  const tally: Tally = {
    ...{ cases: 0, refusedByCheck: 0, refusedByEngine: 0, refusedByEnd: 0, loaded: 0, answeredWithCode: 0, longestMs: 0 },
    codes: {},
    findings: [],
  };
  const place = await mkdtemp(join(tmpdir(), "onepass-fuzz-"));
  try {
    for (let number = from; number < from + cases && !stop.aborted; number++) {
      const one = makeCase(fixtures, seed, number);
      const folder = join(place, one.name);
      await writeCase(one, folder);
      const startedAt = performance.now();
      count(tally, one, await tester.test(folder));
      tally.longestMs = Math.max(tally.longestMs, Math.round(performance.now() - startedAt));
      await rm(folder, { recursive: true });
      told?.(tally);
    }
    return tally;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

function count(tally: Tally, { number, name, change }: FuzzCase, verdict: Verdict | Loss): void {
  tally.cases++;
  if (verdict.outcome === "refused") {
    if (verdict.by === "check") tally.refusedByCheck++;
    else if (verdict.by === "engine") tally.refusedByEngine++;
    else tally.refusedByEnd++;
  } else if (verdict.outcome === "loaded") {
    tally.loaded++;
    if (verdict.code !== undefined) tally.answeredWithCode++;
  } else {
    tally.findings.push({ number, fixture: name, change, verdict });
    return;
  }
  if (verdict.code !== undefined) tally.codes[verdict.code] = (tally.codes[verdict.code] ?? 0) + 1;
}

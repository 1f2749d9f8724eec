import { seeded } from "../../../statistics/random.js";
import { exchange, type Patience } from "./connection.js";
import { anyExchange } from "./grammar.js";
import { faultsOf, isHurried } from "./judge.js";

/** An exchange that went wrong; its number and the seed make it again. */
export interface Finding {
  readonly number: number;
  readonly family: string;
  readonly faults: readonly string[];
  /** The beginning of what was sent, as letters. */
  readonly sent: string;
}

export interface Tally {
  cases: number;
  answers: number;
  hangs: number;
  serverErrors: number;
  /** 504 to a caller whose own `timeout_ms` was too short for an answer; no error of the server. */
  hurried: number;
  /** By status, by family. */
  readonly statuses: Record<string, number>;
  readonly families: Record<string, number>;
  readonly findings: Finding[];
}

export interface Plan {
  readonly port: number;
  readonly seed: number;
  readonly from: number;
  readonly cases: number;
  /** Connections at once. */
  readonly connections: number;
  readonly patience: Patience;
  readonly stop: AbortSignal;
  /** Awaited after each case: whoever measures may do so in peace. */
  readonly told?: (tally: Tally) => Promise<void> | void;
}

const MOST_SENT = 300;

/** The exchange of a number is the same for the same seed. */
export function exchangeOf(seed: number, number: number) {
  const random = seeded(seed * 1_000_003 + number);
  for (let i = 0; i < 100; i++) random(); // neighbouring seeds begin alike
  return anyExchange(random);
}

export async function fuzzHttp({ port, seed, from, cases, connections, patience, stop, told }: Plan): Promise<Tally> {
  const tally: Tally = {
    ...{ cases: 0, answers: 0, hangs: 0, serverErrors: 0, hurried: 0 },
    statuses: {},
    families: {},
    findings: [],
  };
  let next = from;
  const work = async () => {
    for (let number = next++; number < from + cases && !stop.aborted; number = next++) {
      const one = exchangeOf(seed, number);
      const outcome = await exchange(port, one, patience);
      const faults = faultsOf(one, outcome);
      tally.cases++;
      tally.families[one.family] = (tally.families[one.family] ?? 0) + 1;
      for (const answer of outcome.answers) {
        tally.answers++;
        tally.statuses[answer.status] = (tally.statuses[answer.status] ?? 0) + 1;
        if (isHurried(one, answer)) tally.hurried++;
        else if (answer.status >= 500) tally.serverErrors++;
      }
      if (outcome.end === "hung") tally.hangs++;
      if (faults.length > 0) {
        const sent = Buffer.concat(one.chunks).subarray(0, MOST_SENT).toString("latin1");
        tally.findings.push({ number, family: one.family, faults, sent });
      }
      await told?.(tally);
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  return tally;
}

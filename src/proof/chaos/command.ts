import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { environment } from "../evaluation/report.js";
import { seeded } from "../../statistics/random.js";
import { currentCommit } from "../loadtest/environment.js";
import { FAULTS } from "./faults.js";
import { recovery, startVictim, type Victim } from "./server.js";
import { post, Traffic, type Tally } from "./traffic.js";

export interface ChaosOptions {
  readonly bundles: readonly string[];
  readonly faults: number;
  readonly reloads: number;
  readonly perSecond: number;
  readonly only: readonly string[];
  readonly seed: number;
  readonly json?: string | undefined;
}

interface Injected {
  readonly fault: string;
  readonly detail: string;
  readonly recovery_ms: number;
}

interface Phase {
  readonly requests: Tally;
  readonly faulty_requests: Traffic["faults"];
}

/** Target: an engine answers by itself again within this time. */
const MOST_RECOVERY_MS = 5_000;
/** So that one fault's recovery is not measured into the next. */
const PAUSE_MS = 1_000;
const PATIENCE_MS = 60_000;
const WORDS = "please remind me to call my sister about the tickets for the show on friday at nine in new york ";

/** Returns whether every accepted request was answered and every recovery was in time. */
export async function chaos(
  options: ChaosOptions,
  env: VictimEnv,
  stop: AbortSignal,
  write: (line: string) => void,
): Promise<boolean> {
  await using victim = await startVictim({ bundles: options.bundles, env });
  const injected: Injected[] = [];
  const faults = await under(victim, options, async () => {
    for (const fault of faultsOf(options)) {
      if (stop.aborted) return;
      const done = await inject(victim, fault, options.seed + injected.length);
      injected.push(done);
      write(
        `${injected.length}/${options.faults} ${fault}: ${Math.round(done.recovery_ms)} ms (${done.detail.slice(0, 120)})`,
      );
      await sleep(PAUSE_MS);
    }
  });
  const loads: number[] = [];
  const reloads = await under(victim, options, async () => {
    while (loads.length < options.reloads && !stop.aborted) {
      loads.push(await reload(victim));
      write(`reload ${loads.length}/${options.reloads}: ${Math.round(loads.at(-1)!)} ms`);
    }
  });
  const report = reportOf(injected, faults, loads, reloads, options);
  if (options.json !== undefined) {
    const where = { commit: await currentCommit(), environment: environment() };
    await writeFile(options.json, `${JSON.stringify({ ...where, ...report }, null, 2)}\n`);
  }
  write(summary(report));
  return report.passed;
}

type VictimEnv = Parameters<typeof startVictim>[0]["env"];

/** Each fault equally often, in an order that no rhythm of the server can match. */
export function faultsOf({ faults, only, seed }: Pick<ChaosOptions, "faults" | "only" | "seed">): string[] {
  const random = seeded(seed);
  const kinds = Object.keys(FAULTS).filter((name) => only.length === 0 || only.includes(name));
  const order: string[] = [];
  while (order.length < faults) {
    const round = kinds.map((name) => [random(), name] as const).sort(([one], [other]) => one - other);
    order.push(...round.map(([, name]) => name));
  }
  return order.slice(0, faults);
}

async function inject(victim: Victim, fault: string, seed: number): Promise<Injected> {
  const detail = await FAULTS[fault]!(victim, seeded(seed));
  return { fault, detail, recovery_ms: Math.round(await recovery(victim)) };
}

/** @throws Error when the reload was refused */
async function reload({ url, key, model }: Victim): Promise<number> {
  const startedAt = performance.now();
  const { status, text } = await post({ url, key, patienceMs: PATIENCE_MS * 5 }, "", `/admin/models/${model}/load`);
  if (status !== 200) throw new Error(`a reload was answered with ${status}: ${text}`);
  return performance.now() - startedAt;
}

async function under({ url, key }: Victim, { perSecond }: ChaosOptions, work: () => Promise<void>): Promise<Phase> {
  const bodies = Array.from({ length: 20 }, (_, i) =>
    JSON.stringify({
      text: WORDS.split(" ")
        .slice(0, 4 + i)
        .join(" "),
      ...(i % 5 === 0 && { tasks: ["intent"] }),
    }),
  );
  const traffic = new Traffic({ url, key, bodies, perSecond, patienceMs: PATIENCE_MS });
  try {
    await work();
  } finally {
    await traffic.end();
  }
  return { requests: traffic.tally, faulty_requests: traffic.faults };
}

function reportOf(
  injected: readonly Injected[],
  faults: Phase,
  loads: readonly number[],
  reloads: Phase,
  options: ChaosOptions,
) {
  const worst = Math.max(0, ...injected.map(({ recovery_ms }) => recovery_ms));
  const lost = [faults, reloads].reduce((sum, { requests }) => sum + requests.unanswered + requests.failed, 0);
  const whole = injected.length === options.faults && loads.length === options.reloads;
  return {
    options,
    passed: whole && lost === 0 && worst <= MOST_RECOVERY_MS,
    worst_recovery_ms: worst,
    worst_by_fault: Object.fromEntries(
      [...new Set(injected.map(({ fault }) => fault))].map((name) => [
        name,
        Math.max(...injected.filter(({ fault }) => fault === name).map(({ recovery_ms }) => recovery_ms)),
      ]),
    ),
    faults: { injected, ...faults },
    reloads: { took_ms: loads.map(Math.round), ...reloads },
  };
}

function summary({ passed, worst_recovery_ms, faults, reloads }: ReturnType<typeof reportOf>): string {
  const told = ({ requests }: Phase) =>
    `${requests.sent} requests, ${requests.by_fallback} by the fallback, ${requests.refused} refused, ${requests.failed} failed, ${requests.unanswered} unanswered`;
  return [
    `${faults.injected.length} faults, worst recovery ${worst_recovery_ms} ms: ${told(faults)}`,
    `${reloads.took_ms.length} reloads: ${told(reloads)}`,
    passed ? "passed" : "missed",
  ].join("\n");
}

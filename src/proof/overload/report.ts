import type { Environment } from "../evaluation/report.js";
import { disturbances } from "../loadtest/calibration.js";
import type { Commit } from "../loadtest/environment.js";
import { summarise } from "../loadtest/histogram.js";
import { quantileOf } from "../../statistics/quantile.js";
import { theilSen } from "../../statistics/slope.js";
import type { Kind, Measured, MemorySample, Plan } from "./phases.js";
import type { Pinning } from "./pin.js";

/** What must hold under overload. */
export const TARGETS = { goodput: 0.9, p99: 2, memory: 1.05 } as const;

/** One kind of block, over all rounds. */
export interface KindReport {
  readonly offered_per_second: number;
  /** Answers in time, a second. */
  readonly goodput_per_second: number;
  readonly sent: number;
  readonly answered: number;
  /** By the code of the error. */
  readonly refused: Readonly<Record<string, number>>;
  /** Of the answers, from when they were to be asked for; milliseconds. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** How much later than planned requests were sent: the generator's own lateness. */
  readonly send_lag_p99_ms: number;
}

export interface Report {
  readonly made: string;
  readonly target: string;
  readonly plan: Plan;
  readonly cores: Pinning["cores"] | "shared";
  readonly environment: Environment;
  readonly commit?: Commit;
  readonly seconds: number;
  readonly kinds: Readonly<Record<Kind, KindReport>>;
  /** By round, so that its scatter can be seen. */
  readonly rounds: readonly {
    readonly goodput_ratio: number;
    readonly p99_ratio: number;
    readonly disturbed: boolean;
  }[];
  /** Goodput under overload, as a share of that at capacity. */
  readonly goodput_ratio: number;
  /** 99th percentile of the answers under overload, in those at 90 % load. */
  readonly p99_ratio: number;
  /** Absent when the memory can't be known. */
  readonly memory?: MemoryReport;
  /** What did not hold; empty: everything did. */
  readonly missed: readonly string[];
}

interface MemoryReport {
  /** Median of the last third of the last overload, in that of the first. */
  readonly ratio: number;
  readonly first_bytes: number;
  readonly last_bytes: number;
  /** Over all samples under overload, by Theil and Sen. */
  readonly slope_mb_per_minute: number;
}

export type Context = Pick<Report, "target" | "plan" | "cores" | "environment" | "commit" | "seconds">;

/** @throws RangeError when a kind was not measured at all */
export function makeReport(blocks: readonly Measured[], calibrations: readonly number[], context: Context): Report {
  const of = (kind: Kind, round?: number) =>
    kindReport(blocks.filter((block) => block.kind === kind && (round === undefined || block.round === round)));
  const kinds = { capacity: of("capacity"), usual: of("usual"), overload: of("overload") };
  const disturbed = disturbances(calibrations);
  const rounds = [...new Set(blocks.map(({ round }) => round))].flatMap((round) => {
    const own = blocks.flatMap((block, i) => (block.round === round ? [i] : []));
    if (own.length < 3) return [];
    return [
      {
        ...ratiosOf(of("capacity", round), of("usual", round), of("overload", round)),
        disturbed: own.some((i) => disturbed[i]),
      },
    ];
  });
  const ratios = ratiosOf(kinds.capacity, kinds.usual, kinds.overload);
  const memory = memoryReport(blocks.filter(({ kind }) => kind === "overload"));
  const measured = { kinds, ...ratios, ...(memory && { memory }) };
  return { made: new Date().toISOString(), ...context, ...measured, rounds, missed: missedOf(measured) };
}

function kindReport(blocks: readonly Measured[]): KindReport {
  const loops = blocks.map(({ loop }) => loop);
  const http = summarise(
    loops.flatMap(({ samples, unfinished }) => [...samples.map((sample) => sample.http), ...unfinished]),
  );
  if (!http) throw new RangeError("nothing was answered");
  const refused: Record<string, number> = {};
  for (const { errors } of loops) {
    for (const [code, count] of Object.entries(errors)) refused[code] = (refused[code] ?? 0) + count;
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    offered_per_second: round(mean(blocks.map(({ offeredPerSecond }) => offeredPerSecond))),
    goodput_per_second: round(mean(loops.map(({ rate }) => rate))),
    sent: loops.reduce((sum, { lags }) => sum + lags.length, 0),
    answered: loops.reduce((sum, { samples }) => sum + samples.length, 0),
    refused,
    p50_ms: http.p50,
    p99_ms: http.p99,
    send_lag_p99_ms: round(
      quantileOf(
        loops.flatMap(({ lags }) => lags),
        0.99,
      ),
    ),
  };
}

function ratiosOf(capacity: KindReport, usual: KindReport, overload: KindReport) {
  return {
    goodput_ratio: round(overload.goodput_per_second / capacity.goodput_per_second),
    p99_ratio: round(overload.p99_ms / usual.p99_ms),
  };
}

function memoryReport(blocks: readonly Measured[]): MemoryReport | undefined {
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (!first || !last || first.memory.length === 0) return undefined;
  const settled = (samples: readonly MemorySample[]) =>
    quantileOf(
      samples.slice(Math.floor((samples.length * 2) / 3)).map(({ bytes }) => bytes),
      0.5,
    );
  const all = blocks.flatMap(({ memory }) => memory);
  const slope = theilSen(
    all.map(({ atMs }) => atMs / 60_000),
    all.map(({ bytes }) => bytes / 2 ** 20),
  );
  const [from, to] = [settled(first.memory), settled(last.memory)];
  return { ratio: round(to / from), first_bytes: from, last_bytes: to, slope_mb_per_minute: round(slope) };
}

/** Besides the figures: what is refused is told so, and nothing goes wrong in another way. */
function missedOf({
  kinds,
  goodput_ratio,
  p99_ratio,
  memory,
}: Pick<Report, "kinds" | "goodput_ratio" | "p99_ratio" | "memory">) {
  const missed: string[] = [];
  if (!(goodput_ratio >= TARGETS.goodput)) missed.push(`goodput ${goodput_ratio} < ${TARGETS.goodput}`);
  if (!(p99_ratio <= TARGETS.p99)) missed.push(`p99 ${p99_ratio} > ${TARGETS.p99}`);
  if (memory && !(memory.ratio <= TARGETS.memory)) missed.push(`memory ${memory.ratio} > ${TARGETS.memory}`);
  for (const [kind, { refused }] of Object.entries(kinds)) {
    for (const [code, count] of Object.entries(refused)) {
      if (code !== "overloaded") missed.push(`${count} requests failed with ${code} (${kind})`);
    }
  }
  return missed;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

import type { Accuracy } from "./accuracy.js";
import type { Block } from "./block.js";
import { DISTURBED, disturbances } from "./calibration.js";
import type { Commit, RunEnvironment } from "./environment.js";
import { summarise, type Summary } from "./histogram.js";
import type { Options } from "./options.js";
import { ratios, type RatioReport } from "./ratios.js";
import type { Findings } from "./run.js";
import { serverShare, type Sample } from "./answer.js";
import { reportTarget, type TargetReport } from "./target-report.js";
import type { LeftOut } from "./targets.js";

/** One block, as it is written down. Times in milliseconds. */
export interface BlockReport {
  readonly target: string;
  readonly set: string;
  readonly round: number;
  readonly load: { readonly clients: number } | { readonly percent: number; readonly offered_per_second: number };
  readonly started_s: number;
  readonly seconds: number;
  readonly per_second: number;
  readonly calibration_ms: readonly [before: number, after: number];
  readonly disturbed: boolean;
  readonly errors: Readonly<Record<string, number>>;
  readonly unfinished: number;
  readonly http?: Summary;
  readonly inference?: Summary;
  readonly server?: Summary;
  readonly send_lag?: Summary;
  /** Every answer of a block with one client: what the ratios are made of. */
  readonly samples?: { readonly http: readonly number[]; readonly inference: readonly number[] };
}

export interface Report {
  readonly created: string;
  readonly seconds: number;
  readonly mode: "quick" | "full";
  /** Present when the run ended early: the figures are those of the blocks until then. */
  readonly partial?: true;
  /** Why it ended early. */
  readonly failure?: string;
  readonly seed: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly commit?: Commit;
  readonly environment: RunEnvironment;
  readonly disturbance: {
    /** A block counts as disturbed when the arithmetic beside it took this much longer than the run's fastest. */
    readonly factor: number;
    readonly fastest_ms: number;
    readonly blocks: number;
    readonly disturbed: number;
  };
  readonly warnings: readonly string[];
  readonly left_out: readonly LeftOut[];
  /** By `LABEL/LABEL`. */
  readonly ratios: Readonly<Record<string, RatioReport>>;
  /** The headline texts first. */
  readonly sets: readonly string[];
  readonly targets: readonly TargetReport[];
  readonly blocks: readonly BlockReport[];
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;

function loadOf({ load }: Block): BlockReport["load"] {
  return load.kind === "closed"
    ? { clients: load.clients }
    : { percent: load.percent, offered_per_second: round(load.perSecond) };
}

function reportBlock(block: Block, calibration: readonly [number, number], disturbed: boolean): BlockReport {
  const { target, set, round: number, load, startedMs, loop } = block;
  const { samples, errors, unfinished, lags, rate, seconds } = loop;
  const column = (value: (sample: Sample) => number) => samples.map(value);
  const http = summarise([...column((sample) => sample.http), ...unfinished]);
  const inference = summarise(column((sample) => sample.inference));
  const server = summarise(column(serverShare));
  const lag = summarise(lags);
  return {
    target: target.label,
    set,
    round: number,
    load: loadOf(block),
    started_s: round(startedMs / 1000),
    seconds: round(seconds),
    per_second: round(rate),
    calibration_ms: [round(calibration[0]), round(calibration[1])],
    disturbed,
    errors,
    unfinished: unfinished.length,
    ...(http && { http }),
    ...(inference && { inference }),
    ...(server && { server }),
    ...(lag && { send_lag: lag }),
    ...(load.kind === "closed" &&
      load.clients === 1 && {
        samples: {
          http: samples.map(({ http: ms }) => round(ms)),
          inference: samples.map((sample) => sample.inference),
        },
      }),
  };
}

/** The options that shaped the figures. Addresses and files of this machine are left out. */
function reportedOptions({ tasks, clients, loads, set, texts, rounds, blockMs, loadMs, gpu }: Options) {
  return {
    tasks,
    clients,
    loads,
    texts: texts === undefined ? set : "own file",
    gpu,
    ...(rounds !== undefined && { rounds }),
    ...(blockMs !== undefined && { block_ms: blockMs }),
    load_ms: loadMs,
  };
}

const ELEVEN = 11;
const LEAST_ROUNDS = 3;

/** What a reader must know before believing the figures. */
function warningsOf({ warnings, blocks }: Findings, disturbed: number, all: Record<string, RatioReport>): string[] {
  const told = [...warnings];
  if (disturbed > 0) {
    told.unshift(
      `Disturbed: beside ${disturbed} of ${blocks.length} blocks something else kept the machine busy. ` +
        "Ratios suffer less than times; repeat the run on a quiet machine.",
    );
  }
  const few = Object.entries(all).filter(([, { rounds }]) => rounds < LEAST_ROUNDS);
  if (few.length > 0) told.push(`Fewer than ${LEAST_ROUNDS} rounds: the intervals are too narrow to be relied on.`);
  const eleven = blocks.filter(({ set, target }) => set === "eleven" && target.engine === "single-pass");
  const lengths = new Set(eleven.flatMap(({ loop }) => loop.samples.map(({ promptTokens }) => promptTokens)));
  if ([...lengths].some((length) => length !== ELEVEN)) {
    const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
    told.push(`The prompts of the set "eleven" have ${least} to ${most} tokens here.`);
  }
  return told;
}

export interface ReportContext {
  readonly options: Options;
  /** The headline first. */
  readonly sets: readonly string[];
  readonly environment: RunEnvironment;
  readonly commit: Commit | undefined;
  readonly accuracy: Readonly<Record<string, Accuracy>>;
  readonly leftOut: readonly LeftOut[];
  /** That it all took. */
  readonly seconds: number;
  /** Present when the run ended early. */
  readonly failure?: string;
}

export function makeReport(findings: Findings, context: ReportContext): Report {
  const { options, sets, environment, commit, accuracy, leftOut, failure } = context;
  const { blocks, calibrations, warmUps } = findings;
  const disturbed = disturbances(calibrations);
  const count = disturbed.filter(Boolean).length;
  const targets = warmUps.map(({ target }) => target);
  const compared = ratios(blocks, targets, sets[0] ?? "");
  return {
    created: new Date().toISOString(),
    seconds: context.seconds,
    mode: options.quick ? "quick" : "full",
    ...(failure !== undefined && { partial: true, failure }),
    seed: options.seed,
    options: reportedOptions(options),
    ...(commit && { commit }),
    environment,
    disturbance: {
      factor: DISTURBED,
      fastest_ms: round(calibrations.length > 0 ? Math.min(...calibrations) : 0),
      blocks: blocks.length,
      disturbed: count,
    },
    warnings: warningsOf(findings, count, compared),
    left_out: [...leftOut, ...findings.leftOut],
    ratios: compared,
    sets,
    targets: warmUps.map((warm) => reportTarget(warm, blocks, sets, accuracy[warm.target.label])),
    blocks: blocks.map((block, i) =>
      reportBlock(block, [calibrations[i] ?? NaN, calibrations[i + 1] ?? NaN], disturbed[i] ?? false),
    ),
  };
}

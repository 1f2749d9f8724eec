import { quantileOf } from "../../statistics/quantile.js";
import type { Sample } from "./answer.js";
import type { Block } from "./block.js";
import { ratioOf, type Ratio } from "./statistics.js";
import { SIDE_BY_SIDE, type Target } from "./targets.js";

/** How long one target takes against another, one client, over `timing_ms.inference` and as the client sees it. */
export interface RatioReport extends Ratio {
  readonly http: Ratio;
  /** The label that was compared with: of two ways to run the same models, the faster one. */
  readonly against: string;
  readonly rounds: number;
  /** Answers of the one and of the other. */
  readonly samples: readonly [number, number];
}

type Rounds = ReadonlyMap<number, readonly Sample[]>;

/** Answers of one client by round. */
function roundsOf(blocks: readonly Block[], target: Target, set: string): Rounds {
  const rounds = new Map<number, readonly Sample[]>();
  for (const { target: own, set: texts, load, round, loop } of blocks) {
    if (own.label !== target.label || texts !== set || load.kind !== "closed" || load.clients !== 1) continue;
    if (loop.samples.length > 0) rounds.set(round, loop.samples);
  }
  return rounds;
}

function compare(one: Rounds, other: Rounds, against: string): RatioReport | undefined {
  const paired = [...one.keys()].filter((round) => other.has(round));
  const column = (rounds: Rounds, key: "inference" | "http") =>
    paired.map((round) => (rounds.get(round) ?? []).map((sample) => sample[key]));
  const inference = ratioOf(column(one, "inference"), column(other, "inference"));
  const http = ratioOf(column(one, "http"), column(other, "http"));
  if (!inference || !http) return undefined;
  const count = (rounds: Rounds) => column(rounds, "http").flat().length;
  return { ...inference, http, against, rounds: paired.length, samples: [count(one), count(other)] };
}

/** Inference of all rounds, NaN without any. */
function medianInference(rounds: Rounds): number {
  return quantileOf(
    [...rounds.values()].flat().map(({ inference }) => inference),
    0.5,
  );
}

/**
 * The first single-pass target over every other, by `LABEL/LABEL`. Two encoders one after the other and side by side
 * are two ways of one path: they share the key of the first, and the faster one counts.
 */
export function ratios(blocks: readonly Block[], targets: readonly Target[], set: string): Record<string, RatioReport> {
  const one = targets.find(({ engine }) => engine === "single-pass");
  if (!one) return {};
  const own = roundsOf(blocks, one, set);
  const paths = new Map<string, { label: string; rounds: Rounds }>();
  for (const other of targets) {
    if (other.label === one.label) continue;
    const [path, rounds] = [other.label.replace(SIDE_BY_SIDE, ""), roundsOf(blocks, other, set)];
    const rival = paths.get(path);
    const slower = rival && !(medianInference(rounds) < medianInference(rival.rounds));
    if (rounds.size > 0 && !slower) paths.set(path, { label: other.label, rounds });
  }
  const compared = [...paths].map(([path, { label, rounds }]) => [`${one.label}/${path}`, compare(own, rounds, label)]);
  return Object.fromEntries(compared.filter(([, ratio]) => ratio !== undefined)) as Record<string, RatioReport>;
}

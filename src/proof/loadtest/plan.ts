import type { Random } from "../../statistics/random.js";
import type { Options } from "./options.js";
import type { Target } from "./targets.js";

/** A block of the closed loop: so many clients, each with one request under way. */
export interface ClosedCell {
  readonly target: Target;
  readonly set: string;
  readonly clients: number;
}

/** A block of the open loop: requests arrive at a share of the target's capacity, whether or not they are answered. */
export interface OpenCell {
  readonly target: Target;
  readonly set: string;
  /** Per cent of the capacity. */
  readonly percent: number;
}

/** How much is measured. Times in milliseconds. */
export interface Plan {
  /** Texts of ratios, capacity and load. */
  readonly headline: string;
  /** Every set, the headline first; the others with one client only. */
  readonly sets: readonly string[];
  readonly clients: readonly number[];
  readonly loads: readonly number[];
  /** Of the closed loop; fewer when `budgetMs` is used up. */
  readonly rounds: number;
  readonly loadRounds: number;
  /** Undefined: as long as six rounds within the budget allow. */
  readonly blockMs: number | undefined;
  readonly loadMs: number;
  /** An open-loop block is made longer, up to `mostLoadMs`, until it holds so many requests. */
  readonly leastArrivals: number;
  readonly mostLoadMs: number;
  readonly warmUpMs: number;
  /** Answers that a client is measured on in a block, at least. */
  readonly leastAnswers: number;
  /** No round is begun that would end later than this after the beginning. */
  readonly budgetMs: number | undefined;
}

const QUICK = { rounds: 12, warmUpMs: 600, leastAnswers: 3, budgetMs: 52_000 };
const FULL = { rounds: 4, warmUpMs: 2_000, leastAnswers: 5, blockMs: 2_000 };
const OWN_SETS = ["mixed", "short", "long", "eleven"];

export function makePlan(options: Options): Plan {
  const { quick, texts, set, clients, loads, loadMs, blockMs } = options;
  const headline = texts ?? set;
  const mode = quick ? QUICK : FULL;
  const rounds = options.rounds ?? mode.rounds;
  return {
    headline,
    sets: quick || texts !== undefined ? [headline] : [headline, ...OWN_SETS.filter((name) => name !== headline)],
    clients,
    loads,
    rounds,
    loadRounds: Math.ceil(rounds / 2),
    blockMs: blockMs ?? (quick ? undefined : FULL.blockMs),
    loadMs,
    leastArrivals: 20,
    mostLoadMs: Math.max(loadMs, 20_000),
    warmUpMs: mode.warmUpMs,
    leastAnswers: mode.leastAnswers,
    budgetMs: quick ? QUICK.budgetMs : undefined,
  };
}

/** Fisher and Yates. */
export function shuffled<T>(values: readonly T[], random: Random): T[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** One round of the closed loop: every block once, in random order. */
export function closedRound(
  { sets, headline, clients }: Plan,
  targets: readonly Target[],
  random: Random,
): ClosedCell[] {
  const cells = targets.flatMap((target) => [
    ...clients.map((count) => ({ target, set: headline, clients: count })),
    ...sets.filter((set) => set !== headline).map((set) => ({ target, set, clients: 1 })),
  ]);
  return shuffled(cells, random);
}

/** One round of the open loop: every block once, in random order. */
export function openRound({ loads, headline }: Plan, targets: readonly Target[], random: Random): OpenCell[] {
  return shuffled(
    targets.flatMap((target) => loads.map((percent) => ({ target, set: headline, percent }))),
    random,
  );
}

const AIM_ROUNDS = 6;
const BLOCK_BOUNDS = [150, 1_000] as const;

/** Length of a closed-loop block. @param leftMs until the budget is used up */
export function blockLength({ blockMs }: Plan, targets: number, leftMs: number): number {
  const [least, most] = BLOCK_BOUNDS;
  return blockMs ?? Math.min(most, Math.max(least, leftMs / (AIM_ROUNDS * targets)));
}

/** Rounds that a slow engine's blocks must leave room for. */
const LEAST_ROUNDS = 2;
const LEAST_EACH_MS = 1_000; // a start that took all of the budget must not spoil fast engines, too

/** Answers that a client is measured on at least; fewer where they would use up the budget. answerMs: as `answersEach` */
export function leastAnswersOf(plan: Plan, targets: number, leftMs: number, answerMs: number): number {
  if (plan.budgetMs === undefined) return plan.leastAnswers;
  const eachMs = Math.max(leftMs / targets, LEAST_EACH_MS) / LEAST_ROUNDS;
  const affordable = Math.floor(eachMs / answerMs) - 1; // one more is not measured
  return Math.max(1, Math.min(plan.leastAnswers, affordable));
}

/** Some engines take a hundred times as long as others, and a batch of 8 answers as long as 8 of them at worst. */
const SPEED_UP = 1.3;

/**
 * Answers that each of `clients` is measured on so that a block takes about `ms`.
 * @param answerMs what one answer takes when nothing else is asked
 */
export function answersEach(ms: number, clients: number, answerMs: number, least: number): number {
  const perClient = ms / (answerMs * Math.max(1, clients / SPEED_UP));
  return Math.max(clients === 1 ? least : Math.ceil(least / 2), Math.round(perClient));
}

/** Length of an open-loop block. @param perSecond arrivals */
export function loadLength({ loadMs, leastArrivals, mostLoadMs }: Plan, perSecond: number): number {
  return Math.min(mostLoadMs, Math.max(loadMs, (leastArrivals * 1000) / perSecond));
}

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(2))} s`;

/** The plan for people, before anything is known of the server's speed. */
export function describePlan(plan: Plan, targets: readonly Target[], random: Random): string[] {
  const { headline, sets, clients, loads, rounds, loadRounds, blockMs, loadMs, mostLoadMs, warmUpMs, budgetMs } = plan;
  const first = closedRound(plan, targets, random);
  const load = targets.length * loads.length;
  const closedMs = blockMs === undefined ? undefined : rounds * first.length * blockMs;
  const closed = `${first.length} blocks a round, ${rounds} rounds at most`;
  const length = blockMs === undefined ? "as long as the budget allows" : `${seconds(blockMs)} each`;
  const total = targets.length * warmUpMs + (closedMs ?? 0) + loadRounds * load * loadMs;
  const order = first.map(
    ({ target, set, clients: count }) => `    ${target.label}, ${count} client${count > 1 ? "s" : ""}, ${set}`,
  );
  return [
    `warm-up: ${targets.length} × ${seconds(warmUpMs)}, not measured`,
    `texts: ${headline}${sets.length > 1 ? `; ${sets.slice(1).join(", ")} with one client` : ""}`,
    `closed loop: ${clients.join(", ")} client${clients.length > 1 || clients[0] !== 1 ? "s" : ""}; ${closed}, ${length}`,
    "  order of the first round:",
    ...order,
    loads.length === 0
      ? "open loop: none"
      : `open loop: ${loads.join(", ")} % of each target's capacity, in requests a second unknown until that is measured; ` +
        `${load} blocks a round, ${loadRounds} rounds, ${seconds(loadMs)} each, up to ${seconds(mostLoadMs)} where few requests arrive`,
    budgetMs === undefined
      ? `in all: some ${Math.ceil(total / 60_000)} minutes, more where one answer takes longer than its block`
      : `in all: no round that would end after ${seconds(budgetMs)}, the server's start included`,
  ];
}

import { Agent } from "node:http";
import { seeded } from "../../statistics/random.js";
import { quantileOf } from "../../statistics/quantile.js";
import type { TaskName } from "../../tasks/task.js";
import { isFault, readAnswer, requestBody } from "./answer.js";
import { describeLoad, type Block, type Load } from "./block.js";
import { closedLoop } from "./closed-loop.js";
import type { Loop } from "./loop.js";
import { arrivals, openLoop, post } from "./open-loop.js";
import {
  answersEach,
  blockLength,
  closedRound,
  leastAnswersOf,
  loadLength,
  openRound,
  shuffled,
  type Plan,
} from "./plan.js";
import { checkAlive, type Server } from "./server.js";
import { capacityOf } from "./statistics.js";
import type { LeftOut, Target } from "./targets.js";
import type { TextSet } from "./texts.js";

export interface WarmUp {
  readonly target: Target;
  readonly requests: number;
  readonly firstMs: number;
  /** Median of the later half: what an answer takes when nothing else is asked. */
  readonly answerMs: number;
}

/** All that is known so far; a run that ends early leaves what it has here. */
export interface Findings {
  readonly warmUps: WarmUp[];
  readonly leftOut: LeftOut[];
  readonly blocks: Block[];
  /** Of the arithmetic before the first block and after each, milliseconds. */
  readonly calibrations: number[];
  readonly warnings: string[];
}

export interface RunOptions {
  readonly plan: Plan;
  readonly server: Server;
  readonly targets: readonly Target[];
  readonly sets: readonly TextSet[];
  readonly tasks: readonly TaskName[];
  readonly seed: number;
  readonly calibrate: () => Promise<number>;
  /** Aborted when what has been measured so far is wanted. */
  readonly stop: AbortSignal;
  /** When it all began, on the clock of `performance.now()`. */
  readonly startedMs: number;
  readonly progress: (message: string) => void;
}

const MOST_BLOCK_MS = 60_000;
const TIMEOUT_MS = 30_000;
const DRAIN_MS = 10_000;
const MOST_ARRIVALS = 20_000;
const MOST_IN_FLIGHT = 2_000;
const LEAST_WARM_UPS = 3;
const MOST_WARM_UP = 4; // times as long as planned, then fewer answers must do
const NETWORK = ["network", "timeout"];

/**
 * Measures everything of the plan, block by block, into `findings`. Rejects when the server ends or `stop` is aborted.
 */
export async function run(options: RunOptions, findings: Findings): Promise<void> {
  const { plan, targets, server, stop } = options;
  const runner = new Runner(options, findings, AbortSignal.any([stop, server.gone]));
  const answering: WarmUp[] = [];
  for (const target of targets) {
    const warm = await runner.warmUp(target);
    if (warm) answering.push(warm);
  }
  findings.warmUps.push(...answering);
  findings.calibrations.push(await options.calibrate());
  await runner.closed(answering);
  if (plan.loads.length > 0) await runner.open(answering.map(({ target }) => target));
}

class Runner {
  constructor(
    private readonly options: RunOptions,
    private readonly findings: Findings,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Asks until the target is warm; a target that refuses is left out. Sends every text once, or as many as there is
   * time for.
   */
  async warmUp(target: Target): Promise<WarmUp | undefined> {
    const { plan, server, progress } = this.options;
    progress(`warm-up: ${target.label}`);
    const agent = new Agent({ keepAlive: true });
    const bodies = this.#bodies(target, plan.headline, 0);
    const times: number[] = [];
    const startedAt = performance.now();
    const warm = () => {
      const ms = performance.now() - startedAt;
      return times.length > 0 && ms >= plan.warmUpMs * (times.length >= LEAST_WARM_UPS ? 1 : MOST_WARM_UP);
    };
    try {
      while (!warm()) {
        const sentAt = performance.now();
        const limit = AbortSignal.any([this.signal, AbortSignal.timeout(TIMEOUT_MS)]);
        const { status, text } = await post(server.url, bodies[times.length % bodies.length] ?? "", agent, limit);
        const outcome = readAnswer(status, text, performance.now() - sentAt, target);
        if (isFault(outcome)) {
          this.findings.leftOut.push({ label: target.label, reason: `${outcome.code}: ${outcome.message}` });
          return undefined;
        }
        times.push(outcome.http);
      }
    } catch (error) {
      await checkAlive(server);
      this.signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      this.findings.leftOut.push({ label: target.label, reason: `does not answer: ${reason}` });
      return undefined;
    } finally {
      agent.destroy();
    }
    const later = times.slice(Math.floor(times.length / 2));
    return { target, requests: times.length, firstMs: times[0] ?? NaN, answerMs: quantileOf(later, 0.5) };
  }

  /** Rounds of the closed loop, as many as the budget has room for, but one. */
  async closed(warm: readonly WarmUp[]): Promise<void> {
    const { plan, seed, progress, server, startedMs } = this.options;
    const targets = warm.map(({ target }) => target);
    const end = startedMs + (plan.budgetMs ?? Infinity);
    const leftMs = end - performance.now();
    const blockMs = blockLength(plan, targets.length, leftMs);
    const pace = new Map(warm.map(({ target, answerMs }) => [target, answerMs]));
    const random = seeded(seed);
    let longest = 0;
    for (let round = 0; round < plan.rounds; round++) {
      const startedAt = performance.now();
      if (round > 0 && startedAt + longest > end) break;
      for (const { target, set, clients } of closedRound(plan, targets, random)) {
        const answerMs = pace.get(target) ?? blockMs;
        const least = leastAnswersOf(plan, targets.length, leftMs, answerMs);
        progress(`round ${round + 1}: ${target.label}, ${clients} client${clients > 1 ? "s" : ""}, ${set}`);
        const loop = {
          url: server.url,
          target,
          bodies: Array.from({ length: clients }, (_, client) => this.#bodies(target, set, round, client)),
          answersEach: answersEach(blockMs, clients, answerMs, least),
          mostMs: MOST_BLOCK_MS,
          timeoutMs: TIMEOUT_MS,
        };
        const load: Load = { kind: "closed", clients };
        const { samples } = await this.#measure(target, set, round, load, () => closedLoop(loop, this.signal));
        // A warm-up that was disturbed must not shorten all of a target's blocks.
        const answers = clients === 1 && set === plan.headline ? samples.map(({ http }) => http) : [];
        if (answers.length > 0) pace.set(target, quantileOf(answers, 0.5));
      }
      longest = Math.max(longest, performance.now() - startedAt);
    }
  }

  /** Rounds of the open loop, at shares of the capacities that the closed loop has found. */
  async open(targets: readonly Target[]): Promise<void> {
    const { plan, seed, progress, server } = this.options;
    const able = targets.filter((target) => capacityOf(this.findings.blocks, target, plan.headline) !== undefined);
    const random = seeded(seed + 1);
    for (let round = 0; round < plan.loadRounds; round++) {
      for (const { target, set, percent } of openRound(plan, able, random)) {
        const capacity = capacityOf(this.findings.blocks, target, set)?.perSecond ?? NaN;
        const perSecond = (capacity * percent) / 100;
        progress(
          `load, round ${round + 1}: ${target.label} at ${percent} %, ${perSecond.toFixed(1)} requests a second`,
        );
        const loop = {
          url: server.url,
          target,
          bodies: this.#bodies(target, set, round),
          // The same pattern for every target of a round, stretched.
          times: arrivals(perSecond, loadLength(plan, perSecond), MOST_ARRIVALS, seeded(seed + 1 + round)),
          drainMs: DRAIN_MS,
          mostInFlight: MOST_IN_FLIGHT,
        };
        await this.#measure(target, set, round, { kind: "open", percent, perSecond }, () =>
          openLoop(loop, this.signal),
        );
      }
    }
  }

  /** One block, with the arithmetic after it. A block that was cut off is not kept. */
  async #measure(target: Target, set: string, round: number, load: Load, measure: () => Promise<Loop>): Promise<Loop> {
    this.signal.throwIfAborted();
    const startedMs = performance.now() - this.options.startedMs;
    const loop = await measure();
    if (NETWORK.some((code) => code in loop.errors)) await checkAlive(this.options.server);
    this.signal.throwIfAborted();
    this.findings.calibrations.push(await this.options.calibrate());
    this.findings.blocks.push({ target, set, round, load, startedMs, loop });
    const { fault, failed, cut } = loop;
    const warn = (what: string) => this.findings.warnings.push(`${target.label}, ${describeLoad(load)}: ${what}`);
    if (fault) warn(`${failed} requests failed, the first with ${fault.code}: ${fault.message}`);
    if (cut) warn(`was cut after ${MOST_BLOCK_MS / 1000} s`);
    return loop;
  }

  /** Bodies of a set's texts in an order that depends on seed, round and client, and not on the target. */
  #bodies(target: Target, name: string, round: number, client = 0): string[] {
    const { sets, seed, tasks } = this.options;
    const set = sets.find((one) => one.name === name);
    const order = shuffled(set?.texts ?? [], seeded(seed + 1000 * round + client));
    return order.map((text) => requestBody(text, tasks, target));
  }
}

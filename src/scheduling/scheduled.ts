import { EngineAround } from "../engines/around.js";
import type { Engine, ScoreRequest, Scores, WrittenAnswer } from "../engines/engine.js";
import { EngineError, OnepassError, OverloadedError } from "../errors.js";
import type { TaskName } from "../tasks/task.js";
import { deadlineOf } from "./deadline.js";
import { estimateTokens, mayExceed } from "./estimate.js";
import { FairQueue, type QueueLimits, type Refusal, type Turn } from "./fair-queue.js";
import { Job } from "./job.js";

/** Of an engine that does not say. */
const USUAL_PLACES = 4;

/** Why a request was not answered: it had no place, or its deadline passed while it waited for its turn. */
export type RefusalReason = Refusal["reason"] | "expired";

/** How a queue is, for gauges and for the door. */
export type QueueState = Pick<FairQueue<Job>, "requests" | "maxRequests" | "tokens" | "running" | "full" | "drainMs">;

export interface QueueObserver {
  readonly onRefusal?: (reason: RefusalReason) => void;
  /** Nothing waits or runs any more, and nothing will. */
  readonly onClosed?: () => void;
}

/**
 * A queue before an engine, wherever that engine's model lives: it gives the engine a few texts at a time, so that whoever
 * comes next is not behind all that came before, and so that what is given up in time costs the model nothing.
 */
export class ScheduledEngine extends EngineAround {
  override readonly places: number;
  /** When it was last asked, whatever came of it, on the clock of `performance.now()`. */
  askedAt = -Infinity;
  readonly #queue: FairQueue<Job>;
  #closing = false;
  #drained: () => void = () => undefined;

  constructor(
    inner: Engine,
    limits: QueueLimits,
    private readonly observer: QueueObserver = {},
  ) {
    super(inner);
    this.places = inner.places ?? USUAL_PLACES;
    this.#queue = new FairQueue(limits, this.places);
  }

  get queue(): QueueState {
    return this.#queue;
  }

  /** @throws OverloadedError when there is no place, or none soon enough; what the engine throws */
  async score(
    requests: readonly ScoreRequest[],
    tasks: readonly TaskName[],
    signal: AbortSignal,
  ): Promise<(Scores | WrittenAnswer)[]> {
    signal.throwIfAborted();
    this.askedAt = performance.now();
    if (requests.length === 0) return [];
    if (this.#mayBeTooLong(requests, tasks)) {
      await this.check(requests, tasks);
      signal.throwIfAborted();
    }
    const job = this.#admit(requests, tasks, signal);
    const leave = () => {
      this.#giveUp(job, signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    this.#pump();
    try {
      return await job.done;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** Takes no more, answers what it has taken, and closes the engine. */
  override async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
      this.#pump();
    });
    this.observer.onClosed?.();
    await super[Symbol.asyncDispose]();
  }

  /**
   * The engine meets the texts one by one, so that the last could be found too long when the others have run. Where that
   * can be, all are looked at first.
   */
  #mayBeTooLong(requests: readonly ScoreRequest[], tasks: readonly TaskName[]): boolean {
    if (requests.length === 1) return false; // is looked at before it runs
    const { window_tokens, max_tokens } = this.bundle.manifest.limits;
    const most = tasks.length === 1 && tasks[0] === "topic" ? max_tokens : window_tokens;
    return requests.some(({ text, truncate }) => !truncate && mayExceed(text, most));
  }

  #admit(requests: readonly ScoreRequest[], tasks: readonly TaskName[], signal: AbortSignal): Job {
    if (this.#closing) throw new EngineError(this.name, new Error("the engine is being closed"));
    const tokens = requests.map(({ text }) => estimateTokens(text, this.bundle.manifest.limits));
    const job = new Job(requests, tasks, tokens, deadlineOf(signal));
    const refusal = this.#queue.offer(job, performance.now());
    if (!refusal) return job;
    this.observer.onRefusal?.(refusal.reason);
    throw new OverloadedError(refusal.reason, refusal.retryAfterMs);
  }

  /** Gives the engine as much as it has places for. */
  #pump(): void {
    const now = performance.now();
    for (const job of this.#queue.expired(now)) {
      this.observer.onRefusal?.("expired");
      job.fail(new OnepassError("deadline_exceeded", 504, "The time for the answer was over before it was begun."));
    }
    for (let turn = this.#queue.next(now); turn; turn = this.#queue.next(now)) void this.#run(turn);
    if (this.#closing && this.#queue.running === 0 && this.#queue.requests === 0) this.#drained();
  }

  async #run(turn: Turn<Job>): Promise<void> {
    const { claim: job, text, startedAt } = turn;
    let answered = false;
    try {
      const [score] = await this.inner.score([job.requests[text]!], job.tasks, job.signal);
      if (!score) throw new EngineError(this.name, new Error("no score for a text"));
      job.finish(text, score, startedAt);
      answered = true;
    } catch (error) {
      this.#giveUp(job, error);
    }
    this.#queue.finished(turn, performance.now(), answered);
    this.#pump();
  }

  /** All or nothing: when one text of a request fails, or nobody waits for it any more, what is left of it does not run. */
  #giveUp(job: Job, reason: unknown): void {
    const waited = this.#queue.leave(job);
    if (waited && reason instanceof OnepassError && reason.code === "deadline_exceeded")
      this.observer.onRefusal?.("expired");
    job.fail(reason);
  }
}

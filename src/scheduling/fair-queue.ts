import { DrainRate } from "./drain-rate.js";

/** How much may wait. */
export interface QueueLimits {
  readonly maxRequests: number;
  /** Over all texts that wait. A request that alone has more is let in when nobody waits, as it could never be otherwise. */
  readonly maxTokens: number;
}

/** A request: what its texts weigh, in their order, and until when somebody waits for the answer. */
export interface Claim {
  /** [texts], at least one; estimated. */
  readonly tokens: readonly number[];
  /** On the clock of `now`; Infinity: for ever. */
  readonly deadlineAt: number;
}

/** Why a request has no place, and after how long all that waits before it will be done. */
export interface Refusal {
  readonly reason: "requests" | "tokens" | "deadline";
  readonly retryAfterMs: number;
}

/** A text whose turn has come. */
export interface Turn<C extends Claim> {
  readonly claim: C;
  /** Which of the claim's texts. */
  readonly text: number;
  readonly startedAt: number;
}

/** Of the requests that may wait, while a crowd stays; what is no more than enough to keep a model busy is never cut. */
const CROWDED_SHARE = 1 / 3;
const ENOUGH = 8;

interface Waiting<C> {
  readonly claim: C;
  /** The first text that has not had its turn. */
  next: number;
}

/**
 * Who may wait for a model, and whose turn it is. It has no clock and runs nothing: `now` is told, in milliseconds, so that
 * every rule is tested in simulated time.
 *
 * - **Bounded**, in requests and in tokens: what does not fit is refused at once. Waiting longer helps nobody.
 * - **Shorter when the crowd stays**: once it was full, a third of the requests may wait until nobody does. A crowd of a moment
 *   finds all of the room; of one that stays no more would be answered with it, and everything later.
 * - **Fair**: requests take turns, one text each, so that nobody waits behind the whole of a large request.
 * - **In time**: a request that can't be answered by its deadline, at the rate at which the model has been working, is
 *   refused at once; one whose deadline passes while it waits is taken out, and never reaches the model.
 */
export class FairQueue<C extends Claim> {
  /** Whose turn it is first. */
  #waiting: Waiting<C>[] = [];
  #tokens = 0;
  readonly #running = new Set<Turn<C>>();
  #runningTokens = 0;
  readonly #rate: DrainRate;
  /** It was full, and somebody has waited ever since. */
  #crowded = false;

  /** places: how many texts may run at once. */
  constructor(
    private readonly limits: QueueLimits,
    private readonly places: number,
  ) {
    this.#rate = new DrainRate(places);
  }

  /** Requests that wait, with one text or more. */
  get requests(): number {
    return this.#waiting.length;
  }

  /** Of the texts that wait. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Texts that run. */
  get running(): number {
    return this.#running.size;
  }

  /** How many may wait now. */
  get maxRequests(): number {
    const { maxRequests } = this.limits;
    return this.#crowded && this.requests > 0
      ? Math.min(maxRequests, Math.max(ENOUGH, Math.floor(maxRequests * CROWDED_SHARE)))
      : maxRequests;
  }

  /** Whether the smallest request that there can be would be refused. */
  get full(): boolean {
    return this.requests >= this.maxRequests || this.#tokens >= this.limits.maxTokens;
  }

  /** After how many milliseconds all that is here will be done; 0 while nothing has been measured. */
  get drainMs(): number {
    return this.#rate.msFor(this.#tokens + this.#runningTokens / 2); // what runs is half done, on average
  }

  /** Takes the request in, or says why not. */
  offer(claim: C, now: number): Refusal | undefined {
    if (this.requests === 0) this.#crowded = false;
    const reason = this.#reasonAgainst(claim, now);
    if (reason) return { reason, retryAfterMs: this.drainMs };
    this.#waiting.push({ claim, next: 0 });
    this.#tokens += sum(claim.tokens);
    this.#crowded ||= this.requests >= this.limits.maxRequests;
    return undefined;
  }

  /** The text that is to run now; undefined when every place is taken, or when none waits. */
  next(now: number): Turn<C> | undefined {
    if (this.#running.size >= this.places) return undefined;
    const head = this.#waiting.shift();
    if (!head) return undefined;
    const { claim } = head;
    const turn = { claim, text: head.next++, startedAt: now };
    if (head.next < claim.tokens.length) this.#waiting.push(head);
    this.#tokens -= weightOf(turn);
    this.#running.add(turn);
    this.#runningTokens += weightOf(turn);
    return turn;
  }

  /** A text no longer runs. answered: only then does its time tell anything of the model. */
  finished(turn: Turn<C>, now: number, answered: boolean): void {
    if (!this.#running.delete(turn)) return;
    this.#runningTokens -= weightOf(turn);
    if (answered) this.#rate.add(weightOf(turn), now - turn.startedAt);
  }

  /** Takes out what still waits of a request; what runs goes on. @returns whether anything waited */
  leave(claim: C): boolean {
    const found = this.#waiting.findIndex((waiting) => waiting.claim === claim);
    if (found < 0) return false;
    this.#tokens -= tokensLeft(this.#waiting[found]!);
    this.#waiting.splice(found, 1);
    return true;
  }

  /** Takes out the requests whose deadline has passed. */
  expired(now: number): C[] {
    const late = this.#waiting.filter(({ claim }) => claim.deadlineAt <= now).map(({ claim }) => claim);
    for (const claim of late) this.leave(claim);
    return late;
  }

  /** Where nobody waits everybody is let in: an estimate that went wrong can't shut the door for ever. */
  #reasonAgainst({ tokens, deadlineAt }: C, now: number): Refusal["reason"] | undefined {
    if (this.requests === 0) return undefined;
    if (this.requests >= this.maxRequests) return "requests";
    if (this.#tokens + sum(tokens) > this.limits.maxTokens) return "tokens";
    const before = this.#runningTokens / 2 + sum(this.#waiting.map((waiting) => tokensLeft(waiting, tokens.length)));
    return now + this.#rate.msFor(before + sum(tokens)) > deadlineAt ? "deadline" : undefined;
  }
}

function weightOf({ claim, text }: Turn<Claim>): number {
  return claim.tokens[text] ?? 0;
}

/** Tokens of the next `turns` texts of a request that waits; of all of them by default. */
function tokensLeft({ claim: { tokens }, next }: Waiting<Claim>, turns = tokens.length): number {
  return sum(tokens.slice(next, next + turns));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

import type { ErrorCode } from "../errors.js";
import type { Answerer } from "../metrics/engines.js";
import { quantileOf } from "../statistics/quantile.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import type { Agreement } from "./agreement.js";
import type { Disagreement, ShadowPair } from "./summary.js";

const LATEST_TIMES = 1_000;
const LATEST_DISAGREEMENTS = 50;

/** Milliseconds of a request's forward passes. */
export interface Times {
  readonly answererMs: number;
  readonly shadowMs: number;
}

/** What two answerers of the same requests have said and taken, in bounded memory. */
export class Tally {
  #requests = 0;
  readonly #failures = new Map<ErrorCode, number>();
  readonly #texts = new Map<TaskName, { texts: number; agreed: number }>();
  readonly #times: Times[] = [];
  readonly #disagreements: Disagreement[] = [];

  constructor(
    private readonly answerer: Answerer,
    private readonly shadow: Answerer,
  ) {}

  /** agreements: one a text. times: undefined when they can't be compared. */
  compared(agreements: readonly Agreement[], times: Times | undefined): void {
    this.#requests += 1;
    for (const agreement of agreements) this.#count(agreement);
    if (times) keepLatest(this.#times, times, LATEST_TIMES);
  }

  disagreed(disagreement: Disagreement): void {
    keepLatest(this.#disagreements, disagreement, LATEST_DISAGREEMENTS);
  }

  failed(code: ErrorCode): void {
    this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1);
  }

  summary(): ShadowPair {
    const agreement = [...this.#texts].map(([task, { texts, agreed }]) => [
      task,
      { texts, agreed, share: rounded(agreed / texts) },
    ]);
    return {
      answerer: { ...this.answerer },
      shadow: { ...this.shadow },
      requests: this.#requests,
      failures: Object.fromEntries(this.#failures),
      agreement: Object.fromEntries(agreement) as ShadowPair["agreement"],
      ...(this.#times.length > 0 && { inference_ms: this.#quantiles() }),
      disagreements: this.#disagreements.toReversed(),
    };
  }

  #count(agreement: Agreement): void {
    for (const task of TASK_NAMES) {
      const agrees = agreement[task];
      if (agrees === undefined) continue;
      const { texts, agreed } = this.#texts.get(task) ?? { texts: 0, agreed: 0 };
      this.#texts.set(task, { texts: texts + 1, agreed: agreed + (agrees ? 1 : 0) });
    }
  }

  #quantiles(): NonNullable<ShadowPair["inference_ms"]> {
    const of = (time: (times: Times) => number) => {
      const values = this.#times.map(time);
      return { p50: rounded(quantileOf(values, 0.5)), p95: rounded(quantileOf(values, 0.95)) };
    };
    return {
      answerer: of(({ answererMs }) => answererMs),
      shadow: of(({ shadowMs }) => shadowMs),
      difference: of(({ answererMs, shadowMs }) => shadowMs - answererMs),
    };
  }
}

function keepLatest<T>(kept: T[], one: T, most: number): void {
  kept.push(one);
  if (kept.length > most) kept.shift();
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

export interface BackoffLimits {
  /** How long a worker must have been well for its failure to count as the first. */
  readonly healthyMs: number;
  /** Delay of the second start in a row; each further one doubles it. */
  readonly firstMs: number;
  readonly mostMs: number;
}

/** How long to wait before a worker is started again: not at all the first time, ever longer while it goes on failing. */
export class Backoff {
  #failures = 0;

  constructor(private readonly limits: BackoffLimits) {}

  /** wellMs: how long the worker that failed had been ready; 0 when it never was. */
  delayAfter(wellMs: number): number {
    const { healthyMs, firstMs, mostMs } = this.limits;
    if (wellMs >= healthyMs) this.#failures = 0;
    const delay = this.#failures === 0 ? 0 : Math.min(mostMs, firstMs * 2 ** (this.#failures - 1));
    this.#failures += 1;
    return delay;
  }
}

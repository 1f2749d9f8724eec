/** Of what is known of the gaps between arrivals, the share that stays when one more is known: some ten count. */
const KEPT = 0.9;

/** How fast prompts come: the inverse of the mean gap between the last of them. */
export class ArrivalRate {
  #last: number | undefined;
  #gapMs = 0;
  /** Gaps that are known, each by what is left of its weight. */
  #gaps = 0;

  /** So many have come at once. now: milliseconds, never less than before */
  add(prompts: number, now: number): void {
    for (let i = 0; i < prompts; i++) {
      if (this.#last !== undefined) {
        this.#gapMs = this.#gapMs * KEPT + (now - this.#last);
        this.#gaps = this.#gaps * KEPT + 1;
      }
      this.#last = now;
    }
  }

  /** Prompts in a millisecond; Infinity when all came at once, just now. The silence since the last one counts, too: a crowd that has gone is soon forgotten. */
  perMs(now: number): number {
    if (this.#last === undefined || this.#gaps === 0) return 0;
    return 1 / Math.max(this.#gapMs / this.#gaps, now - this.#last);
  }
}

/** Of what is known, the share that stays when one text more is known: some 33 texts count. */
const KEPT = 0.97;

/**
 * How fast a model works through what waits for it, measured on the texts that have left it.
 *
 * By Little's law a model that holds `places` texts, each for `ms`, lets `places / ms` of them go in a millisecond. That is
 * exact while all places are taken, which is when it matters; a model that is half idle seems faster than it is, so nobody
 * is refused on its account.
 */
export class DrainRate {
  #tokens = 0;
  #ms = 0;

  /** places: how many texts the model holds at once. */
  constructor(private readonly places: number) {}

  /** A text has left the model, `ms` after it was given to it. */
  add(tokens: number, ms: number): void {
    this.#tokens = this.#tokens * KEPT + tokens;
    this.#ms = this.#ms * KEPT + ms;
  }

  /** Milliseconds in which so many tokens are done; 0 while nothing is known. */
  msFor(tokens: number): number {
    return this.#tokens === 0 ? 0 : (tokens * this.#ms) / (this.#tokens * this.places);
  }
}

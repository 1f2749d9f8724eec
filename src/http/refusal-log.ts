import type { Logger } from "pino";

const EVERY_MS = 5_000;

/** One line every few seconds for all requests that were refused for want of a place, instead of one for each. */
export class RefusalLog {
  #refused = 0;
  #since = 0;

  constructor(
    private readonly logger: Logger,
    private readonly everyMs = EVERY_MS,
  ) {}

  count(): void {
    if (this.#refused++ > 0) return;
    this.#since = performance.now();
    setTimeout(() => {
      this.#tell();
    }, this.everyMs).unref();
  }

  #tell(): void {
    const seconds = Math.round((performance.now() - this.#since) / 100) / 10;
    this.logger.warn({ refused: this.#refused, seconds }, "overloaded: requests were refused");
    this.#refused = 0;
  }
}

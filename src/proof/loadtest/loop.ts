import type { Fault, Sample } from "./answer.js";

/** What one block of requests brought. */
export class Loop {
  readonly samples: Sample[] = [];
  /** Requests that failed, by the fault's code. */
  readonly errors: Record<string, number> = {};
  /** What the first fault said. */
  fault: Fault | undefined;
  /**
   * Open loop: how long the requests had been waited for that were given up, milliseconds since they were to be sent.
   */
  readonly unfinished: number[] = [];
  /** Open loop: how much later than planned each request was sent, milliseconds. */
  readonly lags: number[] = [];
  /** Answers a second while all clients were busy, or while requests arrived. */
  rate = 0;
  seconds = 0;
  /** Whether the block was ended before all was answered. */
  cut = false;

  fail(fault: Fault): void {
    this.errors[fault.code] = (this.errors[fault.code] ?? 0) + 1;
    this.fault ??= fault;
  }

  get failed(): number {
    return Object.values(this.errors).reduce((sum, count) => sum + count, 0);
  }
}

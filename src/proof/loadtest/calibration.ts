import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

/** Steps of the loop: some 20 ms on a core of 2024. */
const STEPS = 8_000_000;
const MOST_THREADS = 8;
const WARM_UPS = 5; // until the loop is compiled

/**
 * A block whose arithmetic took this much longer than the run's fastest was disturbed by something else on the machine.
 */
export const DISTURBED = 1.3;

/** xorshift32. In a string, since a worker of TypeScript would need a loader. */
const LOOP = `
const { parentPort } = require("node:worker_threads");
parentPort.on("message", (steps) => {
  const startedAt = performance.now();
  let x = 2463534242;
  for (let i = 0; i < steps; i++) { x ^= x << 13; x ^= x >>> 17; x ^= x << 5; }
  parentPort.postMessage([performance.now() - startedAt, x]);
});`;

/**
 * A fixed piece of arithmetic, on every core at once: the models run on all of them, and a neighbour that takes one
 * would find a single loop another.
 */
export class Calibration implements AsyncDisposable {
  readonly #workers: Worker[];

  private constructor(threads: number) {
    this.#workers = Array.from({ length: threads }, () => new Worker(LOOP, { eval: true }));
  }

  static async start(threads = Math.min(availableParallelism(), MOST_THREADS)): Promise<Calibration> {
    const calibration = new Calibration(threads);
    for (let i = 0; i < WARM_UPS; i++) await calibration.measure();
    return calibration;
  }

  /** Milliseconds that the slowest core took. */
  async measure(): Promise<number> {
    const times = this.#workers.map(
      (worker) =>
        new Promise<number>((resolve, reject) => {
          worker.once("error", reject);
          worker.once("message", ([ms]: [number]) => {
            worker.off("error", reject);
            resolve(ms);
          });
          worker.postMessage(STEPS);
        }),
    );
    return Math.max(...(await Promise.all(times)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

/**
 * Which blocks were disturbed. @param times milliseconds before the first block and after each, one more than there are
 * blocks
 */
export function disturbances(times: readonly number[]): boolean[] {
  const most = DISTURBED * Math.min(...times);
  return times.slice(1).map((after, i) => Math.max(after, times[i] ?? after) > most);
}

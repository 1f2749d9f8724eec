import { Agent } from "node:http";
import { isFault, readAnswer } from "../loadtest/answer.js";
import { post } from "../loadtest/open-loop.js";
import type { Target } from "../loadtest/targets.js";
import type { TaskName } from "../../tasks/task.js";
import { theilSen } from "../../statistics/slope.js";
import { soakText } from "./texts.js";

/** Bytes that resident memory may grow by with a thousand texts. */
export const MOST_GROWTH = 50 * 1024;
const WARM_UP = 0.1; // of the texts: buffers of every length have been used by then
const SAMPLES = 200;
const MOST_FAULTS = 5;
const TIMEOUT_MS = 120_000;

export interface SoakPlan {
  readonly texts: number;
  readonly clients: number;
  readonly tasks: readonly TaskName[];
  /** When it ends at the latest, on the clock of `performance.now()`. */
  readonly endMs: number;
  readonly seed: number;
}

/** Resident bytes after so many texts. */
export type Sample = readonly [texts: number, bytes: number];

export interface SoakResult {
  readonly texts: number;
  /** Whether as many texts were asked as planned. */
  readonly complete: boolean;
  readonly errors: number;
  /** What the first errors said. */
  readonly faults: readonly string[];
  readonly samples: readonly Sample[];
  /** Theil and Sen's, of the samples after the warm-up; null of fewer than three. */
  readonly bytes_per_1000_texts: number | null;
  readonly seconds: number;
}

export interface Soaked {
  readonly url: string;
  readonly target: Target;
  readonly memory: () => Promise<number>;
  readonly progress: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Asks one text after the other, each but once, and watches the memory. */
export async function soak(plan: SoakPlan, { url, target, memory, progress, signal }: Soaked): Promise<SoakResult> {
  const { texts, clients, tasks, endMs, seed } = plan;
  const every = Math.max(1, Math.floor(texts / SAMPLES));
  const startedAt = performance.now();
  const samples: Sample[] = [];
  const faults: string[] = [];
  const count = { asked: 0, done: 0, errors: 0 };

  async function ask(agent: Agent): Promise<void> {
    const { engine, model } = target;
    const text = soakText(count.asked++, seed);
    const body = JSON.stringify({ text, tasks, engine, model, fallback: "never", truncate: true });
    const fault = await post(url, body, agent, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])).then(
      ({ status, text }) => {
        const outcome = readAnswer(status, text, 0, target);
        return isFault(outcome) ? `${outcome.code}: ${outcome.message}` : undefined;
      },
      (error: unknown) => String(error),
    );
    signal.throwIfAborted();
    count.done += 1;
    if (fault !== undefined) {
      count.errors += 1;
      if (faults.length < MOST_FAULTS) faults.push(fault);
    }
    if (count.done % every === 0) {
      const at = count.done;
      samples.push([at, await memory()]);
      if ((at / every) % (SAMPLES / 10) === 0) progress(`${target.label}: ${at} of ${texts} texts`);
    }
  }

  async function client(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      while (count.asked < texts && performance.now() < endMs) await ask(agent);
    } finally {
      agent.destroy();
    }
  }

  await Promise.all(Array.from({ length: clients }, client));
  return {
    texts: count.done,
    complete: count.done === texts,
    errors: count.errors,
    faults,
    samples,
    bytes_per_1000_texts: growth(samples),
    seconds: Math.round((performance.now() - startedAt) / 1000),
  };
}

/** Bytes with a thousand texts. */
export function growth(samples: readonly Sample[]): number | null {
  const warm = samples.slice(Math.ceil(samples.length * WARM_UP));
  if (warm.length < 3) return null;
  const slope = theilSen(
    warm.map(([texts]) => texts),
    warm.map(([, bytes]) => bytes),
  );
  return Math.round(1000 * slope);
}

export function passes({ errors, bytes_per_1000_texts }: SoakResult): boolean {
  return errors === 0 && bytes_per_1000_texts !== null && bytes_per_1000_texts <= MOST_GROWTH;
}

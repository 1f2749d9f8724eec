import { Loop } from "../../../src/proof/loadtest/loop.js";
import type { Kind, Measured } from "../../../src/proof/overload/phases.js";

export interface Figures {
  readonly round?: number;
  readonly rate?: number;
  /** Of the answers. */
  readonly ms?: readonly number[];
  readonly errors?: Record<string, number>;
  readonly megabytes?: readonly number[];
  /** How late each request was sent, in milliseconds. */
  readonly lag?: number;
}

/** A block that was measured, with these figures. */
export function blockOf(
  kind: Kind,
  { round = 0, rate = 100, ms = [10], errors = {}, megabytes = [], lag = 1 }: Figures,
): Measured {
  const loop = new Loop();
  for (const http of ms) {
    loop.samples.push({
      ...{ http, tokenize: 0, queue: 0, inference: http, decode: 0, total: http },
      ...{ promptTokens: 1, cachedTokens: 0, generatedTokens: 0 },
    });
  }
  Object.assign(loop.errors, errors);
  const refused = Object.values(errors).reduce((sum, count) => sum + count, 0);
  loop.lags.push(...new Array<number>(ms.length + refused).fill(lag));
  loop.rate = rate;
  const memory = megabytes.map((mb, i) => ({ atMs: (round * 60 + i) * 60_000, bytes: mb * 2 ** 20 }));
  return { kind, round, offeredPerSecond: 2 * rate, loop, memory };
}

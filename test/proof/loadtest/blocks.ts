import type { Sample } from "../../../src/proof/loadtest/answer.js";
import type { Block, Load } from "../../../src/proof/loadtest/block.js";
import { Loop } from "../../../src/proof/loadtest/loop.js";
import type { Target } from "../../../src/proof/loadtest/targets.js";

export const target = (label: string): Target => {
  const [engine = "", name = "fake"] = label.split(":");
  return { label, engine, model: `${name}@1.0.0` };
};

/** An answer with known times: 1 ms of tokenising, 0.5 of decoding, 0.5 of the rest, 2 of HTTP. */
export function sample(inference: number, more: Partial<Sample> = {}): Sample {
  const total = inference + 2 + (more.queue ?? 0);
  return {
    ...{ inference, tokenize: 1, queue: 0, decode: 0.5, total, http: total + 2 },
    ...{ promptTokens: 11, cachedTokens: 0, generatedTokens: 0 },
    ...more,
  };
}

const ONE_CLIENT: Load = { kind: "closed", clients: 1 };

/** A block with these inference times. */
export function block(
  label: string,
  inference: readonly number[],
  { round = 0, set = "eleven", load = ONE_CLIENT, rate = 10 } = {},
): Block {
  const loop = new Loop();
  loop.samples.push(...inference.map((ms) => sample(ms)));
  loop.rate = rate;
  return { target: target(label), set, round, load, startedMs: 0, loop };
}

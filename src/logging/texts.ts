import type { Logger } from "pino";
import { sampler, type Sampler } from "../statistics/sampling.js";
import { redact } from "./redact.js";

/** Longest part of a text that is written down, in UTF-16 code units. */
const MAX_CHARS = 1000;

/** Which texts may be written down, and how. By default none: only `ONEPASS_LOG_TEXT` above 0 makes one that keeps any. */
export class KeptTexts {
  readonly #isSampled: Sampler;

  /** share: of the requests whose texts are kept, 0 to 1 */
  constructor(share: number, random?: () => number) {
    this.#isSampled = sampler(share, random);
  }

  /** A request's texts as they may be written, in order; undefined when this request's are not kept. Asks the dice each time. */
  keep(texts: readonly string[]): string[] | undefined {
    // Redacted as a whole and cut then, since a number that was cut is no longer seen to be long.
    return this.#isSampled() ? texts.map((text) => redact(text).slice(0, MAX_CHARS)) : undefined;
  }
}

/** A request that was answered, as the text log shows it. */
export interface AnsweredTexts {
  readonly id: string;
  readonly model: string;
  readonly texts: readonly string[];
  /** In the order of the texts; null: out of scope; undefined: not asked for. */
  readonly intents: readonly (string | null | undefined)[];
}

/** Writes the texts that are kept, in lines of their own, so that a collector can send them elsewhere or drop them. */
export function textLog(kept: KeptTexts, logger: Logger): (answered: AnsweredTexts) => void {
  return ({ id, model, texts, intents }) => {
    const written = kept.keep(texts);
    if (written) logger.info({ request_id: id, model, texts: written, intents }, "texts");
  };
}

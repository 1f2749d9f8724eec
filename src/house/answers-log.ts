import type { Logger } from "pino";
import type { GivenAnswer } from "../classify/service.js";
import { textLog, type KeptTexts } from "../logging/texts.js";

/** Writes down the texts of the answers that are kept, with the intents that they were answered with. */
export function answersLog(kept: KeptTexts, logger: Logger): (given: GivenAnswer) => void {
  const log = textLog(kept, logger);
  return ({ id, attempt: { entry, results } }) => {
    log({
      id,
      model: entry.model,
      texts: results.map(({ text }) => text),
      intents: results.map(({ intent }) => (intent === null ? null : intent?.name)),
    });
  };
}

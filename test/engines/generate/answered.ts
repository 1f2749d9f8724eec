import type { ForwardAnswer } from "../../../src/engines/generate/merge.js";

/** What a runtime tells of an answer that it has written. */
export const answered = (
  answer: ForwardAnswer["answer"],
  confidences: readonly number[] = [],
  [promptTokens, cachedTokens, generatedTokens] = [0, 0, 0],
): ForwardAnswer => ({ answer, confidences, promptTokens, cachedTokens, generatedTokens });

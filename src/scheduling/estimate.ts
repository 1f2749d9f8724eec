import { Buffer } from "node:buffer";
import type { Limits } from "../engines/plan.js";
import type { PreparedText } from "../text/prepare.js";

/** Of a piece: English words of two to eight letters, with the space before them, are mostly one token. */
const BYTES_A_TOKEN = 6;
/** What a prompt has besides the text. */
const FRAME_TOKENS = 3;

/**
 * Tokens that a model will probably read of a text, made without the model's tokenizer, which may live in another process:
 * good enough to share a queue out by.
 */
export function estimateTokens({ pieces }: PreparedText, { max_tokens }: Pick<Limits, "max_tokens">): number {
  const tokens = pieces.reduce((sum, piece) => sum + Math.max(1, Math.round(bytesOf(piece) / BYTES_A_TOKEN)), 0);
  return FRAME_TOKENS + Math.min(tokens, max_tokens);
}

/** Whether a text could have more tokens than `most`: it has no more than bytes, whatever the tokenizer. */
export function mayExceed({ pieces }: PreparedText, most: number): boolean {
  return pieces.reduce((sum, piece) => sum + bytesOf(piece), 0) > most;
}

function bytesOf({ text }: { readonly text: string }): number {
  return Buffer.byteLength(text);
}

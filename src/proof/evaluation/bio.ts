import { EvaluationError } from "./errors.js";
import type { Span } from "./labelled-text.js";

/** Offsets of tokens that, but for white space, make up the whole text. */
function locate(text: string, tokens: readonly string[]): { start: number; end: number }[] {
  let at = 0;
  return tokens.map((token, i) => {
    const start = at + text.slice(at).search(/\S|$/u);
    if (!text.startsWith(token, start))
      throw new EvaluationError(`tokens[${i}]: "${token}" does not follow in the text`);
    at = start + token.length;
    return { start, end: at };
  });
}

/**
 * Spans of BIO-tagged tokens, as seqeval counts them in its default mode: an I- that continues nothing opens a span.
 * `tags`: one a token. Offsets are those of the tokens in `text`.
 */
export function spansOfTags(text: string, tokens: readonly string[], tags: readonly string[]): Span[] {
  const spans: { name: string; start: number; end: number }[] = [];
  let open: { name: string; start: number; end: number } | undefined;
  locate(text, tokens).forEach(({ start, end }, i) => {
    const tag = tags[i] ?? "O";
    const name = tag.slice(2);
    if (tag === "O") {
      open = undefined;
    } else if (open && tag.startsWith("I-") && open.name === name) {
      open.end = end;
    } else {
      spans.push((open = { name, start, end }));
    }
  });
  return spans;
}

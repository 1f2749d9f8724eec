import { z } from "zod";

/** What a decoder has written, as the grammar allows it. A task that was not asked for is absent. */
const WrittenJson = z.strictObject({
  intent: z.string().optional(),
  slots: z.array(z.record(z.string(), z.string())).optional(),
  topic: z.string().optional(),
});
export type WrittenJson = z.infer<typeof WrittenJson>;

/**
 * Reads an answer, also one that was cut at its limit of tokens inside the slots: what was not finished is left out.
 * json: what the answer's grammar allows, or the beginning of it. @throws Error when nothing can be read
 */
export function readAnswer(json: string): WrittenJson {
  for (const candidate of wholeAnswers(json)) {
    try {
      return WrittenJson.parse(JSON.parse(candidate));
    } catch {
      // cut at another place
    }
  }
  throw new Error(`the decoder's answer of ${json.length} characters can't be read`);
}

/** The text itself, then the text up to its last, last but one … slot or to the beginning of their list, closed. */
function* wholeAnswers(json: string): Generator<string> {
  yield json;
  for (let end = json.length; end > 0; end--) {
    if (json[end - 1] === "}" || json[end - 1] === "[") yield `${json.slice(0, end)}]}`;
  }
}

/** Follows an answer while it is written, and knows where it stands. */
export class AnswerCursor {
  #depth = 0;
  #opened = false;
  #quoted = false;
  #escaped = false;
  #afterColon = false;

  /** Whether the outermost brace is closed. */
  get whole(): boolean {
    return this.#opened && this.#depth === 0;
  }

  /** Whether what comes next names a label: the value of `intent` or `topic`, or the name of a slot. */
  get inLabel(): boolean {
    // Depths: 1 the answer, 2 its list of slots, 3 a slot.
    return this.#quoted && ((this.#depth === 1 && this.#afterColon) || (this.#depth === 3 && !this.#afterColon));
  }

  /** Returns whether the answer is whole. */
  push(text: string): boolean {
    for (const character of text) {
      if (this.#quoted) this.#pushQuoted(character);
      else this.#pushPlain(character);
    }
    return this.whole;
  }

  #pushQuoted(character: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (character === "\\") this.#escaped = true;
    else if (character === '"') this.#quoted = false;
  }

  #pushPlain(character: string): void {
    if (character === '"') this.#quoted = true;
    else if (character === ":") this.#afterColon = true;
    else if (character === ",") this.#afterColon = false;
    else if (character === "{" || character === "[") {
      this.#opened = true;
      this.#afterColon = false;
      this.#depth++;
    } else if (character === "}" || character === "]") this.#depth--;
  }
}

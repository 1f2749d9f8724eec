import { OnepassError } from "../errors.js";
import type { ClassifyRequest } from "./request.js";

/** A text and where it stands in the request, for errors: `text`, `texts[3]`. */
export interface FieldText {
  readonly text: string;
  readonly field: string;
}

export interface TextLimits {
  readonly maxTexts: number;
  /** UTF-16 code units. */
  readonly maxTextChars: number;
}

const ALL_WHITE_SPACE = /^\p{White_Space}*$/u;
const LONE_SURROGATE = /\p{Surrogate}/u; // with the u flag a pair is one character and no surrogate

/** The texts of a request, each of which a model can be asked. @throws OnepassError that names the field at fault */
export function textsOf({ text, texts }: Pick<ClassifyRequest, "text" | "texts">, limits: TextLimits): FieldText[] {
  if (text !== undefined && texts !== undefined) throw invalid('Send "text" or "texts", not both.', "texts");
  if (text === undefined && texts === undefined) throw invalid('Send "text", or several in "texts".', "text");
  const given = texts?.map((text, i) => ({ text, field: `texts[${i}]` })) ?? [{ text: text ?? "", field: "text" }];
  if (given.length === 0) throw invalid('"texts" holds no text.', "texts");
  if (given.length > limits.maxTexts) {
    throw new OnepassError(
      "too_many_texts",
      400,
      `"texts" holds ${given.length} texts, at most ${limits.maxTexts} are allowed.`,
      {
        field: "texts",
        details: { texts: given.length, limit: limits.maxTexts },
      },
    );
  }
  for (const one of given) checkText(one, limits.maxTextChars);
  return given;
}

function checkText({ text, field }: FieldText, maxChars: number): void {
  if (text.length > maxChars) {
    throw new OnepassError(
      "text_too_long",
      413,
      `The text has ${text.length} characters, at most ${maxChars} are allowed. Shorten it.`,
      {
        field,
        details: { characters: text.length, limit: maxChars },
      },
    );
  }
  if (ALL_WHITE_SPACE.test(text)) {
    throw new OnepassError("empty_text", 400, "The text is empty or white space.", { field });
  }
  if (text.includes("\0")) {
    throw new OnepassError("invalid_text", 400, "The text holds a NUL character (U+0000).", { field });
  }
  if (LONE_SURROGATE.test(text)) {
    throw new OnepassError("invalid_text", 400, "The text holds half of a surrogate pair: it is no Unicode text.", {
      field,
    });
  }
}

function invalid(message: string, field: string): OnepassError {
  return new OnepassError("invalid_request", 400, message, { field });
}

import { expect, test } from "vitest";
import { PieceEncoder } from "../../src/engines/pieces.js";
import { prepareText } from "../../src/text/prepare.js";

/** A tokenizer of characters that counts its work. */
function encoder() {
  const asked: string[] = [];
  const pieces = new PieceEncoder((piece) => {
    asked.push(piece);
    return [...piece].map((character) => character.codePointAt(0)!);
  });
  return { asked, encode: (text: string) => pieces.encode(prepareText(text, { nfkc: true, lowercase: true })) };
}

test("joins the ids of the pieces, and knows each word's first", () => {
  const { ids, words } = encoder().encode("(ab) c.");
  expect(String.fromCodePoint(...ids)).toBe(" (ab) c.");
  expect(words).toEqual([2, 5]);
});

test("asks the tokenizer once for a common piece, and keeps no long ones", () => {
  const { asked, encode } = encoder();
  const long = "x".repeat(100);
  const first = encode(`to be ${long}`);
  expect(encode(`to be ${long}`)).toEqual(first);
  expect(asked).toEqual([" to", " be", ` ${long}`, ` ${long}`]);
});

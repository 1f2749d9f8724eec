import { readFile } from "node:fs/promises";
import { Tokenizer } from "@huggingface/tokenizers";
import { z } from "zod";
import { bundleId, type Bundle } from "../../bundle/bundle.js";
import type { EncoderModel } from "../../bundle/manifest.js";
import { BundleError } from "../../errors.js";
import { PieceEncoder } from "../pieces.js";

// The package's declarations don't resolve under Node's module resolution: this is the part that is used.
const HuggingFaceTokenizer = Tokenizer as unknown as new (
  file: object,
  config: object,
) => {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: number[] };
};

/** The parts of a Hugging Face `tokenizer.json` that are looked at here; the library reads the rest. */
const TokenizerFile = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string() })).default([]),
  model: z.looseObject({ unk_token: z.string().nullish() }),
});

/**
 * Reads a `tokenizer.json` without its added tokens: the library would find "</s>" or "[SEP]" in a text and give it the
 * meaning that only the prompt may give. The prompt's own `cls` and `sep` are ids in the manifest.
 * @throws BundleError when the file is malformed, or text can forge `cls`, `sep` or another special token
 */
export async function loadTokenizer(
  bundle: Bundle,
  { tokenizer: file, cls, sep }: EncoderModel,
): Promise<PieceEncoder> {
  const fault = (message: string, cause?: unknown) => new BundleError(bundleId(bundle), `${file}: ${message}`, cause);
  const tokenize = await openTokenizer(bundle.path(file)).catch((cause: unknown) => {
    throw fault("can't be read as a tokenizer", cause);
  });
  const { added_tokens, model } = tokenize.file;
  const special = new Set([cls, sep, ...added_tokens.map(({ id }) => id)]);
  // A word that the vocabulary lacks is honestly unknown.
  for (const { id, content } of added_tokens) if (content === model.unk_token) special.delete(id);
  for (const { content } of added_tokens) {
    const forged = tokenize.piece(` ${content}`).find((id) => special.has(id));
    if (forged !== undefined) throw fault(`text can forge the special token ${forged} (${content})`);
  }
  return new PieceEncoder(tokenize.piece);
}

async function openTokenizer(path: string) {
  const file = TokenizerFile.parse(JSON.parse(await readFile(path, "utf8")));
  const tokenizer = new HuggingFaceTokenizer({ ...file, added_tokens: [] }, {});
  return { file, piece: (piece: string): number[] => tokenizer.encode(piece, { add_special_tokens: false }).ids };
}

import { getLlama, LlamaLogLevel, type LlamaModel, type Token } from "node-llama-cpp";
import { bundleId, type Bundle } from "../../bundle/bundle.js";
import type { DecoderModel } from "../../bundle/manifest.js";
import { BundleError } from "../../errors.js";
import { PieceEncoder } from "../pieces.js";
import type { LabelRanges } from "./prompt.js";

/** A GGUF in memory; disposing of it frees the instance of llama.cpp that holds it, too. */
export interface LoadedModel extends AsyncDisposable {
  readonly model: LlamaModel;
  readonly onGpu: boolean;
}

/** Loads a GGUF with the binaries that the package brings; nothing is compiled or fetched. */
export async function loadModel(file: string, threads: number, gpu: "auto" | "cuda" | false): Promise<LoadedModel> {
  const llama = await getLlama({ build: "never", gpu, maxThreads: threads, logLevel: LlamaLogLevel.warn });
  try {
    const model = await llama.loadModel({ modelPath: file });
    const dispose = async () => {
      await model.dispose();
      await llama.dispose();
    };
    return { model, onGpu: llama.gpu !== false, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await llama.dispose();
    throw error;
  }
}

/** User text is tokenised with special tokens off: "</s>" and "<intent>" in a text are plain characters. */
export function pieceEncoder(model: LlamaModel): PieceEncoder {
  return new PieceEncoder((piece) => model.tokenize(piece, false));
}

/**
 * Refuses a file that loads but would answer wrongly.
 * @throws BundleError when attention is causal, ids of the manifest don't exist, or text can forge one of them
 */
export function checkModel(bundle: Bundle, spec: DecoderModel, labels: LabelRanges, model: LlamaModel): void {
  const fault = (message: string) => new BundleError(bundleId(bundle), `${spec.file}: ${message}`);
  const { architectureMetadata, metadata } = model.fileInfo;
  if (architectureMetadata.attention?.causal !== false) {
    throw fault("llama.attention.causal is not false: its read-outs would not see the text");
  }
  const control = [spec.read_outs.intent, spec.read_outs.topic].filter((token) => token !== undefined);
  for (const { start, count } of Object.values(labels)) {
    for (let i = 0; i < count; i++) control.push(start + i);
  }
  const vocabulary = metadata.tokenizer.ggml.tokens.length;
  const textTokens = Math.min(...control);
  for (const id of [spec.bos, ...control]) {
    if (id >= vocabulary) throw fault(`token ${id} is beyond its vocabulary of ${vocabulary}`);
    const name = model.detokenize([id as Token], true);
    const forged = model.tokenize(` ${name}`, false).find((token) => token >= textTokens || token === spec.bos);
    if (forged !== undefined) throw fault(`text can forge token ${forged} (${name})`);
  }
}

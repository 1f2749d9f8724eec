import {
  getLlama,
  LlamaLogLevel,
  type Llama,
  type LlamaModel,
  type LlamaModelOptions,
  type Token,
} from "node-llama-cpp";
import { bundleId, type Bundle } from "../../bundle/bundle.js";
import type { DecoderModel } from "../../bundle/manifest.js";
import { BundleError } from "../../errors.js";
import { PieceEncoder } from "../pieces.js";
import type { LabelRanges } from "./prompt.js";

/** A GGUF in memory; disposing of it frees the instance of llama.cpp that holds it, too. */
export interface LoadedModel extends AsyncDisposable {
  readonly model: LlamaModel;
  /** User text is tokenised with special tokens off: "</s>" and "<intent>" in a text are plain characters. */
  readonly pieces: PieceEncoder;
  readonly onGpu: boolean;
  /** In words: `cpu`, `cuda (NVIDIA H200), 12 of 12 layers`. */
  readonly device: string;
}

/** Opens an instance of llama.cpp. */
export type OpenLlama = (threads: number, gpu: "auto" | "cuda" | false) => Promise<Llama>;

/**
 * With the binaries that the package brings; nothing is compiled or fetched. Takes a second or so: the binding first tries the
 * binary in a process of its own.
 */
export const openLlama: OpenLlama = (threads, gpu) =>
  getLlama({ build: "never", gpu, maxThreads: threads, logLevel: LlamaLogLevel.warn });

export async function loadModel(
  file: string,
  threads: number,
  gpu: "auto" | "cuda" | false,
  open = openLlama,
): Promise<LoadedModel> {
  return openModel(await open(threads, gpu), { modelPath: file });
}

/** The tokenizer of a GGUF without its weights, for a model that another runtime runs. */
export async function loadVocabulary(file: string, open = openLlama): Promise<LoadedModel> {
  return openModel(await open(1, false), { modelPath: file, vocabOnly: true });
}

async function openModel(llama: Llama, options: LlamaModelOptions): Promise<LoadedModel> {
  try {
    const model = await llama.loadModel(options);
    const dispose = async () => {
      await model.dispose();
      await llama.dispose();
    };
    const pieces = new PieceEncoder((piece) => model.tokenize(piece, false));
    const device = await deviceOf(llama, model);
    return { model, pieces, onGpu: llama.gpu !== false, device, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await llama.dispose();
    throw error;
  }
}

async function deviceOf(llama: Llama, { gpuLayers, fileInsights }: LlamaModel): Promise<string> {
  if (llama.gpu === false) return "cpu";
  const names = [...new Set(await llama.getGpuDeviceNames())];
  return `${llama.gpu} (${names.join(", ")}), ${gpuLayers} of ${fileInsights.totalLayers} layers`;
}

/** Opens files on demand, each once; a file is closed when the last of its users has disposed of it. */
export class SharedModels {
  readonly #open = new Map<string, { loaded: Promise<LoadedModel>; users: number }>();

  constructor(private readonly load: (file: string) => Promise<LoadedModel>) {}

  async use(file: string): Promise<LoadedModel> {
    const entry = this.#open.get(file) ?? { loaded: this.load(file), users: 0 };
    this.#open.set(file, entry);
    entry.users++;
    const loaded = await entry.loaded;
    const dispose = async () => {
      if (--entry.users > 0) return;
      this.#open.delete(file);
      await loaded[Symbol.asyncDispose]();
    };
    return { ...loaded, [Symbol.asyncDispose]: dispose };
  }
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
  for (const id of [spec.bos, ...control]) {
    if (id >= vocabulary) throw fault(`token ${id} is beyond its vocabulary of ${vocabulary}`);
  }
  assertUnforgeable(model, [spec.bos, ...control], fault);
}

/** @throws the fault when a text that spells a token's name becomes one of `tokens` */
export function assertUnforgeable(
  model: LlamaModel,
  tokens: readonly number[],
  fault: (message: string) => Error,
): void {
  const reserved = new Set<number>(tokens);
  for (const id of tokens) {
    const name = model.detokenize([id as Token], true);
    const forged = model.tokenize(` ${name}`, false).find((token) => reserved.has(token));
    if (forged !== undefined) throw fault(`text can forge token ${forged} (${name})`);
  }
}

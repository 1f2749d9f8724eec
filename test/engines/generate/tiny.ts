import { join } from "node:path";
import {
  LlamaGrammarEvaluationState,
  type Llama,
  type LlamaGrammar,
  type LlamaModel,
  type Token,
} from "node-llama-cpp";
import { loadBundle, type Bundle } from "../../../src/bundle/bundle.js";
import type { AnswerPrompt, Manifest } from "../../../src/bundle/manifest.js";
import { loadModel, type LoadedModel } from "../../../src/engines/decoder/model.js";

/** The folder of the decoders of random weights, made by `make_tiny_gguf.py`. */
export const FIXTURES = join(import.meta.dirname, "../../fixtures");

/** Attention of `tiny-causal` looks back, that of `tiny-prefix` goes both ways. */
export function tinyBundle(name: "tiny-causal" | "tiny-prefix"): Promise<Bundle> {
  return loadBundle(join(FIXTURES, name));
}

export function tinyModel(bundle: Bundle): Promise<LoadedModel> {
  return loadModel(bundle.path("decoder.gguf"), 1, false);
}

/** A bundle with another model over the same file. */
export function withModel(bundle: Bundle, model: Manifest["model"]): Bundle {
  return { ...bundle, manifest: { ...bundle.manifest, model } };
}

/** A bundle whose one decoder is asked otherwise. */
export function withPrompt(bundle: Bundle, prompt: AnswerPrompt): Bundle {
  const tasks = ["intent" as const, "slots" as const, "topic" as const];
  const decoder = { file: "decoder.gguf", tasks, prompt, values: "free" as const };
  return withModel(bundle, { engine: "generate", decoders: [decoder] });
}

interface Bindings {
  readonly AddonSampler: {
    canBeNextTokenForGrammarEvaluationState(state: unknown, token: Token): boolean;
    acceptGrammarEvaluationStateToken(state: unknown, token: Token): void;
  };
}

/** Whether llama.cpp's grammar takes a text, written in the model's tokens, from its beginning to its end. */
export function accepts(model: LlamaModel, grammar: LlamaGrammar, text: string): boolean {
  const { AddonSampler: sampler } = (model.llama as Llama & { readonly _bindings: Bindings })._bindings;
  const { _state: state } = new LlamaGrammarEvaluationState({ model, grammar }) as unknown as { _state: unknown };
  for (const token of model.tokenize(text, false)) {
    if (!sampler.canBeNextTokenForGrammarEvaluationState(state, token)) return false;
    sampler.acceptGrammarEvaluationStateToken(state, token);
  }
  return sampler.canBeNextTokenForGrammarEvaluationState(state, model.tokens.eos!);
}

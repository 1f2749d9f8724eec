import type { LlamaModel } from "node-llama-cpp";
import { expect, test } from "vitest";
import type { DecoderModel } from "../../../src/bundle/manifest.js";
import { checkModel } from "../../../src/engines/decoder/model.js";
import { labelRanges } from "../../../src/engines/decoder/prompt.js";
import { BundleError } from "../../../src/errors.js";
import { decoderManifest } from "../../bundle/manifests.js";

const manifest = decoderManifest();
const spec = manifest.model as DecoderModel;
const bundle = { folder: "", manifest, path: (file: string) => file };

/** As much of a loaded GGUF as the check looks at; sound, but for `fault`. */
function modelWith(fault: { attention?: object; vocabulary?: number; forged?: number }): LlamaModel {
  return {
    fileInfo: {
      architectureMetadata: { attention: fault.attention ?? { causal: false } },
      metadata: { tokenizer: { ggml: { tokens: new Array(fault.vocabulary ?? 109) } } },
    },
    detokenize: ([id]: number[]) => `<${id!}>`,
    tokenize: () => [5, fault.forged ?? 6],
  } as unknown as LlamaModel;
}

const check = (model: LlamaModel) => () => {
  checkModel(bundle, spec, labelRanges(spec, manifest.tasks), model);
};

test("takes a prefix LM whose labels lie in its vocabulary", () => {
  expect(check(modelWith({}))).not.toThrow();
});

test.each([
  ["causal attention", { attention: { causal: true } }, "llama.attention.causal"],
  ["attention that is not said to go both ways", { attention: {} }, "llama.attention.causal"],
  ["labels beyond the vocabulary", { vocabulary: 108 }, "token 108 is beyond its vocabulary of 108"],
  ["text that becomes a label", { forged: 104 }, "text can forge token 104"],
  ["text that becomes the opening", { forged: 1 }, "text can forge token 1"],
])("refuses %s", (_name, fault, message) => {
  expect(check(modelWith(fault))).toThrow(BundleError);
  expect(check(modelWith(fault))).toThrow(message);
});

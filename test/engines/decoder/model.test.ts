import type { LlamaModel } from "node-llama-cpp";
import { describe, expect, test } from "vitest";
import type { DecoderModel } from "../../../src/bundle/manifest.js";
import { assertUnforgeable, checkModel, SharedModels, type LoadedModel } from "../../../src/engines/decoder/model.js";
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

test("a text that spells a token's name must not become any of the reserved ones", () => {
  const fault = (message: string) => new RangeError(message);
  const model = modelWith({ forged: 7 });
  expect(() => {
    assertUnforgeable(model, [3, 7], fault);
  }).toThrow(new RangeError("text can forge token 7 (<3>)"));
  expect(() => {
    assertUnforgeable(model, [3, 8], fault);
  }).not.toThrow();
});

describe("SharedModels", () => {
  /** Files that were opened and closed, in order. */
  function shared() {
    const log: string[] = [];
    const models = new SharedModels(async (file) => {
      log.push(`open ${file}`);
      await Promise.resolve();
      if (file === "broken") throw new Error("no GGUF");
      const dispose = () => {
        log.push(`close ${file}`);
        return Promise.resolve();
      };
      return { model: { file }, onGpu: false, [Symbol.asyncDispose]: dispose } as unknown as LoadedModel;
    });
    return { models, log };
  }

  test("opens a file once for all who use it, also at the same time", async () => {
    const { models, log } = shared();
    const [a, b] = await Promise.all([models.use("a"), models.use("a")]);
    const c = await models.use("a");
    expect(log).toEqual(["open a"]);
    expect([b.model, c.model]).toEqual([a.model, a.model]);
    expect(b.model).toBe(a.model);
  });

  test("closes a file when the last of its users has, and no other", async () => {
    const { models, log } = shared();
    const [a, b, other] = [await models.use("a"), await models.use("a"), await models.use("b")];
    await b[Symbol.asyncDispose]();
    expect(log).toEqual(["open a", "open b"]);
    await a[Symbol.asyncDispose]();
    expect(log).toEqual(["open a", "open b", "close a"]);
    await other[Symbol.asyncDispose]();
    expect(log).toEqual(["open a", "open b", "close a", "close b"]);
  });

  test("opens a file anew that was closed", async () => {
    const { models, log } = shared();
    await (await models.use("a"))[Symbol.asyncDispose]();
    await models.use("a");
    expect(log).toEqual(["open a", "close a", "open a"]);
  });

  test("tells everyone who waits for a file that it can't be opened", async () => {
    const { models } = shared();
    const waiting = [models.use("broken"), models.use("broken")];
    for (const one of waiting) await expect(one).rejects.toThrow("no GGUF");
  });
});

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

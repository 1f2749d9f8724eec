import { z } from "zod";
import { foldersIn, MAX_MS, ModelName, oneOf, whole } from "./values.js";

/** Which models there are, and what runs them. */
export const MODELS = {
  modelsDir: z
    .string()
    .default("models")
    .refine((folders) => foldersIn(folders).length > 0, "must name a folder")
    .describe(
      "Folder of the model bundles, or several with the platform's path delimiter between them (`models:shapes`). " +
        "A relative path starts at the package's folder.",
    ),
  models: z
    .string()
    .transform((names) => names.split(",").map((name) => name.trim()))
    .pipe(z.array(ModelName))
    .default([])
    .describe("The bundles to load, names with commas between them. Empty: every bundle in the folders."),
  defaultModel: ModelName.optional().describe(
    "The model that answers a request that names none. Unset: the first `single-pass` model, or else the first.",
  ),
  gpu: oneOf("auto", "cuda", "off")
    .default("off")
    .describe(
      "Where decoders run: `off` on the CPU, `cuda` on an NVIDIA GPU or not at all, `auto` on a GPU if one is found.",
    ),
  runtime: oneOf("auto", "llama", "onnx")
    .default("auto")
    .describe(
      "What runs `single-pass` models: `auto` is ONNX Runtime on a CPU, where the bundle has a graph, and llama.cpp on a GPU.",
    ),
  threads: whole(0, 1024)
    .default(0)
    .describe("Threads of a model's forward pass; `0`: one for each core the process may use."),
  maxSequences: whole(0, 256)
    .default(0)
    .describe("Most texts that a decoder reads in one batch; `0`: few on a CPU, more on a GPU."),
  loadTimeoutMs: whole(1, MAX_MS)
    .default(300_000)
    .describe(
      "Longest time for a model to load and warm up, in milliseconds; then it counts as failed, and the others serve.",
    ),
};

import { bundleId, type Bundle } from "../bundle/bundle.js";
import type { DecoderModel } from "../bundle/manifest.js";
import { BundleError, OnepassError } from "../errors.js";
import type { LoadedModel, OpenLlama, SharedModels } from "./decoder/model.js";
import type { DecoderOptions } from "./decoder/single-pass.js";
import { openEncoder } from "./encoder/encoder.js";
import type { BatchObserver, Engine, EngineName } from "./engine.js";
import { GeneratingEngine } from "./generate/generating.js";
import { enginesOf, runsAsGraph } from "./offered.js";
import { QueuedEngine, type Runtime } from "./queued.js";

/** Opens a file of the bundle, or gives it when it is open. */
type OpenModel = (file: string) => Promise<LoadedModel>;

export interface EngineOptions extends DecoderOptions {
  /** Of a `single-pass` bundle; "auto" (by default) is ONNX Runtime on a CPU where the bundle has a graph. */
  readonly runtime?: "auto" | "llama" | "onnx" | undefined;
  /** "auto" takes what there is; "cuda" fails without one. */
  readonly gpu: "auto" | "cuda" | false;
  /** Only these of the bundle's engines; all by default. */
  readonly engines?: readonly EngineName[] | undefined;
  readonly onBatch?: ((engine: EngineName) => BatchObserver) | undefined;
  /** By default a new instance. */
  readonly openLlama?: OpenLlama | undefined;
  /** Longest time for all of them to open, in milliseconds; 0, by default, is no limit. Native code that stands still is not stopped by it. */
  readonly loadMs?: number | undefined;
}

/**
 * Opens a bundle in the engines that its manifest offers, warm, its own first. They share what is loaded; the caller
 * disposes of each. @throws BundleError, and nothing stays open but what hangs
 */
export async function loadEngines(bundle: Bundle, options: EngineOptions): Promise<Engine[]> {
  const opening = openEngines(bundle, options);
  const { loadMs = 0 } = options;
  if (loadMs === 0) return opening;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new BundleError(bundleId(bundle), `its engines were not open within ${loadMs} ms`));
      void opening.then(closeAll, () => undefined);
    }, loadMs);
  });
  return Promise.race([opening, late]).finally(() => {
    clearTimeout(timer);
  });
}

async function openEngines(bundle: Bundle, options: EngineOptions): Promise<Engine[]> {
  const names = enginesOf(bundle.manifest.model).filter((name) => options.engines?.includes(name) ?? true);
  const use = modelsOf(bundle, options);
  const engines: Engine[] = [];
  try {
    for (const name of names) engines.push(await openEngine(bundle, name, use, options));
    return engines;
  } catch (error) {
    await closeAll(engines);
    if (error instanceof OnepassError) throw error;
    throw new BundleError(bundleId(bundle), "the library that runs it refuses it; the log says why", error);
  }
}

async function closeAll(engines: readonly Engine[]): Promise<void> {
  for (const engine of engines) await engine[Symbol.asyncDispose]();
}

/** The part of the scoring engine that knows a runtime, warm. @throws BundleError */
export async function openRuntime(
  bundle: Bundle,
  options: EngineOptions,
  use = modelsOf(bundle, options),
): Promise<Runtime> {
  const { model } = bundle.manifest;
  if (model.engine === "single-pass") return openSinglePass(bundle, model, options, use);
  if ("graphs" in model) return openEncoder(bundle, model, options);
  throw new RangeError(`${model.engine} writes its answers: it has no scores`);
}

async function openSinglePass(
  bundle: Bundle,
  model: DecoderModel,
  options: EngineOptions,
  use: OpenModel,
): Promise<Runtime> {
  const { onnx } = model;
  const { runtime = "auto" } = options;
  if (runtime === "onnx" && !onnx) {
    throw new BundleError(bundleId(bundle), "has no ONNX graph: export it again with one, or set the runtime to auto");
  }
  const { openDecoder, openDecoderGraph } = await import("./decoder/single-pass.js");
  if (onnx && runsAsGraph(model, options)) {
    const { loadVocabulary } = await import("./decoder/model.js");
    return openDecoderGraph(
      bundle,
      model,
      onnx,
      await loadVocabulary(bundle.path(model.file), options.openLlama),
      options,
    );
  }
  const loaded = await use(model.file);
  if (onnx && runtime === "auto" && !loaded.onGpu) return openDecoderGraph(bundle, model, onnx, loaded, options);
  return openDecoder(bundle, model, loaded, options);
}

async function openEngine(bundle: Bundle, name: EngineName, use: OpenModel, options: EngineOptions): Promise<Engine> {
  const onBatch = options.onBatch?.(name);
  if (name !== "generate" && name !== "dual-decoder") {
    return new QueuedEngine(bundle, await openRuntime(bundle, options, use), onBatch);
  }
  const { openWriters } = await import("./generate/open.js");
  const runtime = await openWriters(bundle, name, { threads: options.threads, model: use });
  return new GeneratingEngine(name, bundle, runtime, onBatch);
}

/** llama.cpp takes half a second to import, which the worker of an encoder that comes back does not have to wait for. */
function modelsOf(bundle: Bundle, { threads, gpu, openLlama }: EngineOptions): OpenModel {
  let models: Promise<SharedModels> | undefined;
  return async (file) => {
    models ??= import("./decoder/model.js").then(
      (decoder) => new decoder.SharedModels((one) => decoder.loadModel(bundle.path(one), threads, gpu, openLlama)),
    );
    return (await models).use(file);
  };
}

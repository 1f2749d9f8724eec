import type { Bundle } from "../bundle/bundle.js";
import { openDecoder, type DecoderOptions } from "./decoder/single-pass.js";
import { openEncoder } from "./encoder/encoder.js";
import type { BatchObserver, Engine } from "./engine.js";
import { QueuedEngine, type Runtime } from "./queued.js";

export interface EngineOptions extends DecoderOptions {
  readonly onBatch?: BatchObserver | undefined;
}

/** Opens a bundle in the engine that its manifest names, warm. The caller disposes of it. @throws BundleError */
export async function loadEngine(bundle: Bundle, options: EngineOptions): Promise<Engine> {
  return new QueuedEngine(bundle, await openRuntime(bundle, options), options.onBatch);
}

/** The part of an engine that knows a runtime, warm. @throws BundleError */
export async function openRuntime(bundle: Bundle, options: DecoderOptions): Promise<Runtime> {
  const { model } = bundle.manifest;
  return model.engine === "single-pass" ? openDecoder(bundle, model, options) : openEncoder(bundle, model, options);
}

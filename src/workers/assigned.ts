import { isDeepStrictEqual } from "node:util";
import type { Llama } from "node-llama-cpp";
import { bundleAt, bundleId, loadBundle, type Bundle } from "../bundle/bundle.js";
import type { OpenLlama } from "../engines/decoder/model.js";
import { loadEngines } from "../engines/load.js";
import { enginesOf, filesOf } from "../engines/offered.js";
import { BundleError } from "../errors.js";
import type { Assignment, PlainOptions } from "./protocol.js";
import type { OpenEngines } from "./serve.js";

/** Opens what a worker is assigned. */
export class Opener {
  #ahead: Promise<Llama> | undefined;

  /** Imports the libraries of decoders, and opens llama.cpp where that takes nothing of a GPU. */
  readonly prepare = ({ threads, gpu }: PlainOptions): void => {
    const imported = importAll();
    if (gpu === false) this.#ahead = imported.then(({ openLlama }) => openLlama(threads, gpu));
    (this.#ahead ?? imported).catch(() => undefined); // what fails is tried again when it is wanted
  };

  /** @throws BundleError */
  readonly open: OpenEngines = async (assignment, onBatch) => {
    const bundle = assignment.prove ? await provenBundle(assignment) : bundleAt(assignment.folder, assignment.manifest);
    return loadEngines(bundle, { ...assignment.options, onBatch, openLlama: this.#openLlama });
  };

  /** The first one to ask is given what was opened ahead. */
  readonly #openLlama: OpenLlama = async (threads, gpu) => {
    const ahead = gpu === false ? this.#ahead : undefined;
    this.#ahead = undefined;
    const opened = await ahead?.catch(() => undefined);
    return opened ?? (await import("../engines/decoder/model.js")).openLlama(threads, gpu);
  };
}

async function importAll() {
  await import("../engines/decoder/single-pass.js");
  await import("../engines/generate/open.js");
  return import("../engines/decoder/model.js");
}

/** A worker that is started later must not serve what came into the folder meanwhile: its labels may be others. */
async function provenBundle({ folder, manifest, options }: Assignment): Promise<Bundle> {
  const bundle = await loadBundle(folder, filesOf(manifest, options.engines ?? enginesOf(manifest.model)));
  if (isDeepStrictEqual(bundle.manifest, manifest)) return bundle;
  throw new BundleError(bundleId({ manifest }), `its folder now holds another bundle, ${bundleId(bundle)}: reload it`);
}

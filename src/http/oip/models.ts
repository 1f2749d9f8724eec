import type { z } from "zod";
import { notReady } from "../../classify/choose.js";
import type { EnginePool, PoolEntry } from "../../classify/pool.js";
import { OnepassError } from "../../errors.js";
import { outputsOfModel } from "./outputs.js";
import type { ModelMetadata } from "./schemas.js";

/** A model as a path names it: `onepass-en`, `onepass-en@0.5.0`, either with `/versions/0.4.0`. */
export interface ModelPath {
  readonly name: string;
  readonly version?: string;
}

/** @throws OnepassError: 404 when there is no such model, 503 while it is not known which there are */
export function modelAt(pool: EnginePool, { name, version }: ModelPath): PoolEntry {
  const entry = pool.byModel(version === undefined || name.includes("@") ? name : `${name}@${version}`);
  if (entry && (version === undefined || entry.bundle.manifest.version === version)) return entry;
  if (!pool.opened && pool.entries.length === 0) throw notReady("The models are still being looked for.");
  throw new OnepassError("unknown_model", 404, "There is no such model or version. GET /v2/models lists the models.");
}

export function metadataOf({ bundle, engineName }: PoolEntry, pool: EnginePool): z.infer<typeof ModelMetadata> {
  const { manifest } = bundle;
  const versions = pool.entries.map((entry) => entry.bundle.manifest).filter(({ name }) => name === manifest.name);
  return {
    name: manifest.name,
    versions: [...new Set(versions.map(({ version }) => version))],
    platform: `onepass_${engineName}`,
    inputs: [{ name: "text", datatype: "BYTES", shape: [-1] }],
    outputs: outputsOfModel(manifest).map(({ name, datatype }) => ({ name, datatype, shape: [-1] })),
  };
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadBundle, type Bundle } from "../../bundle/bundle.js";
import { enginesOf } from "../../engines/offered.js";
import type { Surroundings } from "../evaluation/command.js";
import { sha256Of } from "../evaluation/read.js";
import { bundleSha256, isCurrent, measureAccuracy, optionsFor, type Folders, type Narrowing } from "./accuracy.js";
import type { MemoryRecord, Store } from "./store.js";
import { SETS, type DataSet, type System } from "./systems.js";

/** What measuring a system takes. */
export interface Measuring extends Pick<Surroundings, "open" | "stop" | "stderr"> {
  readonly memory: (system: System, bundle: Bundle, stop: AbortSignal) => Promise<MemoryRecord>;
  readonly store: Store;
  readonly folders: Folders;
  readonly narrowing: Narrowing;
  /** Names of the sets to score; absent: all. */
  readonly sets?: readonly string[] | undefined;
  /** Measure what is up to date, too. */
  readonly again: boolean;
}

/** Whether a bundle answers something that the rows of a set are labelled with. */
function answers({ manifest }: Bundle, { tasks }: DataSet): boolean {
  return tasks.some((task) => manifest.tasks[task] !== undefined);
}

async function measureSet(system: System, set: DataSet, measuring: Measuring): Promise<void> {
  const { store, folders, narrowing, again, stderr } = measuring;
  const what = `${system.label}, ${set.name}`;
  const options = optionsFor(system, set, folders, narrowing);
  const known = await store.accuracy(system.label, set.name);
  const bundle = await bundleSha256(options.bundle);
  const data = await sha256Of(join(folders.data, set.file));
  const current = known !== undefined && isCurrent(known, { options, bundleSha256: bundle, dataSha256: data });
  if (current && !again) {
    stderr.write(`${what}: up to date\n`);
    return;
  }
  stderr.write(`${what}:\n`);
  const record = await measureAccuracy(system, set, options, measuring);
  // A part is better than nothing, and than what is out of date; not than the whole.
  if (record.report.partial && (current || !record.report.data[0]?.rows)) stderr.write(`${what}: not kept\n`);
  else await store.saveAccuracy(record);
}

async function measureServer(system: System, bundle: Bundle, measuring: Measuring): Promise<void> {
  const { store, again, stop, stderr } = measuring;
  const known = await store.memory();
  const own = known.find((record) => record.system === system.label);
  if (!again && own?.bundle_sha256 === (await bundleSha256(bundle.folder))) {
    stderr.write(`${system.label}, memory: up to date\n`);
    return;
  }
  stderr.write(`${system.label}, memory:\n`);
  const record = await measuring.memory(system, bundle, stop);
  await store.saveMemory([...known.filter((other) => other.system !== system.label), record]);
}

/**
 * Accuracy on every set and memory, of what is not up to date. A system whose bundle is not here keeps what is recorded of it.
 * @throws EvaluationError, OnepassError and what `memory` throws; what was measured until then is kept
 */
export async function measureSystem(system: System, measuring: Measuring): Promise<void> {
  const { folders, stop, stderr } = measuring;
  const folder = join(folders.root, system.bundle);
  if (!existsSync(join(folder, "bundle.json"))) {
    const how = system.madeBy === undefined ? "" : `; ${system.madeBy} says how to make it`;
    stderr.write(`${system.label}: left out, ${system.bundle} is not there${how}\n`);
    return;
  }
  const bundle = await loadBundle(folder);
  const offered = enginesOf(bundle.manifest.model);
  if (!offered.includes(system.engine)) {
    const only = offered.join(", ");
    stderr.write(`${system.label}: left out, ${system.bundle} has no engine ${system.engine}, only ${only}\n`);
    return;
  }
  for (const set of SETS.filter((set) => answers(bundle, set))) {
    if (measuring.sets?.includes(set.name) === false) continue;
    if (!stop.aborted) await measureSet(system, set, measuring);
  }
  if (!stop.aborted) await measureServer(system, bundle, measuring);
}

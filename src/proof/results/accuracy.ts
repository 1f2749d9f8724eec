import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { makeReport, type Surroundings } from "../evaluation/command.js";
import type { Options, Sample } from "../evaluation/options.js";
import { sha256Of } from "../evaluation/read.js";
import { reportedOptions } from "../evaluation/report.js";
import type { AccuracyRecord } from "./store.js";
import type { DataSet, System } from "./systems.js";

/** What a run may narrow. */
export interface Narrowing {
  /** The first rows of every set only. */
  readonly limit?: number | undefined;
  /** Rows of every set for the slow systems, instead of what the set says. */
  readonly sample?: number | undefined;
}

/** How many and which rows of a set a system is scored on. */
function rowsOf(set: DataSet, system: System, { limit, sample }: Narrowing): { sample?: Sample; limit?: number } {
  const own = sample === undefined ? set.sample : { size: sample, seed: set.sample?.seed ?? 0 };
  return { ...(system.slow && own && { sample: own }), ...(limit !== undefined && { limit }) };
}

/** `npm run evaluate`'s options for a system on a set. */
export function optionsFor(system: System, set: DataSet, folders: Folders, narrowing: Narrowing): Options {
  return {
    bundle: join(folders.root, system.bundle),
    engine: system.engine,
    data: [join(folders.data, set.file)],
    cut: set.cut,
    stripHeaders: false,
    outcomes: true,
    thresholds: new Map(),
    ...rowsOf(set, system, narrowing),
  };
}

export interface Folders {
  /** What the systems' bundles are found from. */
  readonly root: string;
  /** Of the data sets. */
  readonly data: string;
}

/** SHA-256 of a bundle's manifest, which holds those of its files. */
export function bundleSha256(folder: string): Promise<string> {
  return sha256Of(join(folder, "bundle.json"));
}

/** Whether a record says what a new run would say: the same files, the same rows, all of them. */
export function isCurrent(
  { bundle_sha256, report }: AccuracyRecord,
  wanted: { readonly options: Options; readonly bundleSha256: string; readonly dataSha256: string },
): boolean {
  return (
    report.partial !== true &&
    bundle_sha256 === wanted.bundleSha256 &&
    report.data[0]?.sha256 === wanted.dataSha256 &&
    report.engine === wanted.options.engine &&
    isDeepStrictEqual(report.options, reportedOptions(wanted.options))
  );
}

/** Scores a system on a set. A record of an interrupted run says that it is partial. @throws EvaluationError, OnepassError */
export async function measureAccuracy(
  system: System,
  set: DataSet,
  options: Options,
  surroundings: Pick<Surroundings, "open" | "stop" | "stderr">,
): Promise<AccuracyRecord> {
  const sha256 = await bundleSha256(options.bundle);
  const report = await makeReport(options, surroundings);
  // Where the data lay on this machine is of no interest to a reader.
  const data = report.data.map((file) => ({ ...file, file: set.file }));
  return { system: system.label, set: set.name, bundle_sha256: sha256, report: { ...report, data } };
}

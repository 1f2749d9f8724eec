import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleId, loadBundle } from "../../bundle/bundle.js";
import { loadEngines } from "../../engines/load.js";
import { environment } from "../evaluation/report.js";
import { currentCommit } from "../loadtest/environment.js";
import { PACKAGE_ROOT } from "../../package.js";
import { openWorkers } from "../../workers/engine.js";
import { measureHop, type HopReport } from "./measure.js";

export interface HopOptions {
  /** Folders of bundles, each measured in its own engine. */
  readonly bundles: readonly string[];
  readonly requests: number;
  readonly threads: number;
  readonly json?: string | undefined;
}

type Row = HopReport & { readonly model: string; readonly engine: string };

/** Target: at most 0.5 ms at the median. */
export const MOST_HOP_MS = 0.5;

/** Returns whether every bundle's hop is within the target. */
export async function hop(options: HopOptions, write: (line: string) => void): Promise<boolean> {
  const rows: Row[] = [];
  for (const folder of options.bundles) {
    const row = await measure(folder, options);
    const { in_process, worker, hop_ms, hop_ci95 } = row;
    write(
      `${row.model} ${row.engine}: p50 ${in_process.p50} ms in process, ${worker.p50} ms in a worker; ` +
        `hop ${hop_ms} ms (${hop_ci95.join(" to ")}), ${row.requests} requests each`,
    );
    rows.push(row);
  }
  if (options.json !== undefined) {
    const report = { commit: await currentCommit(), environment: environment(), threads: options.threads, rows };
    await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  return rows.every(({ hop_ms }) => hop_ms <= MOST_HOP_MS);
}

async function measure(folder: string, { requests, threads }: HopOptions): Promise<Row> {
  const bundle = await loadBundle(join(PACKAGE_ROOT, folder));
  const { engine } = bundle.manifest.model;
  const engines = { threads, gpu: false as const, engines: [engine] };
  const [here] = await loadEngines(bundle, engines);
  const [there] = await openWorkers(bundle, {
    module: import.meta.resolve("../../workers/worker.js"),
    workers: 1,
    engines,
    health: { silentMs: 0, hangMs: 0, memoryBytes: 0 },
    onRestart: (_engine, reason) => {
      throw new Error(`the worker was restarted: ${reason}`);
    },
  });
  try {
    const texts = bundle.manifest.golden.cases.map(({ text }) => text);
    return { model: bundleId(bundle), engine, ...(await measureHop(here!, there!, texts, requests)) };
  } finally {
    await there![Symbol.asyncDispose]();
    await here![Symbol.asyncDispose]();
  }
}

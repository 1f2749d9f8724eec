import { readFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { bundleId, type Bundle } from "../bundle/bundle.js";
import type { Config } from "../config/read.js";
import type { Engine } from "../engines/engine.js";
import { residentBytes } from "../resident.js";

type Load = (bundle: Bundle) => Promise<readonly Engine[]>;

const MIB = 2 ** 20;
/** What the kernels of ONNX Runtime and llama.cpp choose their code by. */
const FEATURES = /\b(?:avx|avx2|fma|f16c|avx_vnni|avx512\w+|amx_\w+|asimd\w*|sve\w*|i8mm|bf16)\b/g;

/** Loads bundles, and remembers what of each the log's line of the start is to say. */
export class Loads {
  readonly #models: { model: string; engines: Record<string, string>; took_ms: number }[] = [];
  readonly #startedAt = performance.now();

  constructor(private readonly inner: Load) {}

  readonly load: Load = async (bundle) => {
    const startedAt = performance.now();
    const engines = await this.inner(bundle);
    this.#models.push({
      model: bundleId(bundle),
      engines: Object.fromEntries(engines.map(({ name, runtime, device }) => [name, `${runtime}, ${device ?? "cpu"}`])),
      took_ms: since(startedAt),
    });
    return engines;
  };

  /** What was loaded so far, where it runs, how long it took, and the memory of the server and its workers. */
  async summary({ threads, workers }: Pick<Config, "threads" | "workers">): Promise<object> {
    const bytes = await residentBytes(process.pid).catch(() => process.memoryUsage.rss());
    return {
      models: this.#models,
      cpu: { model: cpus()[0]?.model.trim(), cores: availableParallelism(), features: await cpuFeatures() },
      threads,
      workers: workers === 0 ? "in-process" : workers,
      took_ms: since(this.#startedAt),
      memory_mb: Math.round(bytes / MIB),
    };
  }
}

/** From Linux's `/proc`; undefined elsewhere. */
export async function cpuFeatures(file = "/proc/cpuinfo"): Promise<string[] | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1];
  return flags === undefined ? undefined : [...flags.matchAll(FEATURES)].map(([flag]) => flag);
}

function since(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}

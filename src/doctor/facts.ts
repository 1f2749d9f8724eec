import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { arch, availableParallelism, cpus, freemem, loadavg, platform, totalmem } from "node:os";
import { bundleId } from "../bundle/bundle.js";
import { discoverBundles } from "../bundle/discover.js";
import { ConfigError, readConfig, type Config } from "../config/read.js";
import { stat } from "node:fs/promises";

export interface BundleFact {
  /** `name@version`; the folder's name of one that can't be served. */
  readonly model: string;
  readonly engine?: string;
  readonly bytes?: number;
  /** Why it can't be served. */
  readonly fault?: string;
}

/** What the doctor looks at, as plain values. */
export interface Facts {
  readonly node: string;
  /** `linux-x64` */
  readonly platform: string;
  readonly cpu: { readonly model: string; readonly cores: number; readonly flags: ReadonlySet<string> };
  /** CPUs that the process may use, by affinity and by the container's quota; undefined: no quota. */
  readonly parallelism: number;
  readonly cpuQuota: number | undefined;
  /** Processes that ran or waited for a core, on average over the last minute; 0 where the system does not say. */
  readonly load: number;
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number };
  /** Most files that may be open; undefined where that is not told. */
  readonly openFiles: number | undefined;
  readonly nativePackages: { readonly llama: boolean; readonly onnxruntime: boolean; readonly llamaCuda: boolean };
  readonly nvidia: boolean;
  /** Faults of the settings; else what they say. */
  readonly settings: Config | readonly string[];
  readonly port: { readonly taken: boolean; readonly by?: string | undefined };
  /** Undefined where a folder can't be read. */
  readonly bundles: readonly BundleFact[] | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

export async function gatherFacts(env: Env): Promise<Facts> {
  const settings = settingsOf(env);
  const config = "port" in settings ? settings : undefined;
  const [first] = cpus();
  return {
    node: process.versions.node,
    platform: `${platform()}-${arch()}`,
    cpu: { model: first?.model.trim() ?? "unknown", cores: cpus().length, flags: await cpuFlags() },
    parallelism: availableParallelism(),
    load: loadavg()[0] ?? 0,
    cpuQuota: await cpuQuota(),
    memory: await memory(),
    openFiles: await openFiles(),
    nativePackages: nativePackages(),
    nvidia: existsSync("/dev/nvidiactl") || existsSync("/proc/driver/nvidia/version"),
    settings,
    port: config ? await portFact(config) : { taken: false },
    bundles: config ? await bundleFacts(config) : undefined,
  };
}

function settingsOf(env: Env): Config | readonly string[] {
  try {
    return readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

/** Empty where the system does not tell. */
const read = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");

async function cpuFlags(): Promise<ReadonlySet<string>> {
  const line = (await read("/proc/cpuinfo")).split("\n").find((one) => /^(flags|Features)\s*:/.test(one));
  return new Set((line?.split(":")[1] ?? "").trim().split(/\s+/).filter(Boolean));
}

/** Of the container, in CPUs: cgroup 2, or else 1. */
async function cpuQuota(): Promise<number | undefined> {
  const [quota = "", period = ""] = (await read("/sys/fs/cgroup/cpu.max")).trim().split(" ");
  if (Number(quota) > 0 && Number(period) > 0) return Number(quota) / Number(period);
  const old = Number(await read("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"));
  const oldPeriod = Number(await read("/sys/fs/cgroup/cpu/cpu.cfs_period_us"));
  return old > 0 && oldPeriod > 0 ? old / oldPeriod : undefined;
}

/** The smaller of the machine's and the container's. */
async function memory(): Promise<Facts["memory"]> {
  const available = Number(/MemAvailable:\s+(\d+)/.exec(await read("/proc/meminfo"))?.[1] ?? NaN) * 1024;
  const machine = { totalBytes: totalmem(), availableBytes: Number.isFinite(available) ? available : freemem() };
  const limit = Number((await read("/sys/fs/cgroup/memory.max")).trim() || NaN);
  if (!(limit < machine.totalBytes)) return machine;
  const used = Number((await read("/sys/fs/cgroup/memory.current")).trim() || NaN);
  const left = Number.isFinite(used) ? limit - used : limit;
  return { totalBytes: limit, availableBytes: Math.min(machine.availableBytes, left) };
}

async function openFiles(): Promise<number | undefined> {
  const most = /Max open files\s+(\d+)/.exec(await read("/proc/self/limits"))?.[1];
  return most === undefined ? undefined : Number(most);
}

function nativePackages(): Facts["nativePackages"] {
  const require = createRequire(import.meta.url);
  const has = (name: string) => {
    try {
      require.resolve(name);
      return true;
    } catch (error) {
      // A package that is there and exports nothing under this name is there.
      return (error as NodeJS.ErrnoException).code === "ERR_PACKAGE_PATH_NOT_EXPORTED";
    }
  };
  const system = { darwin: "mac", linux: "linux", win32: "win" }[platform() as string] ?? platform();
  const isArmMac = system === "mac" && arch() === "arm64";
  return {
    llama: has(`@node-llama-cpp/${system}-${arch()}${isArmMac ? "-metal" : ""}`),
    llamaCuda: has(`@node-llama-cpp/${system}-${arch()}-cuda`),
    onnxruntime: has("onnxruntime-node"),
  };
}

/** Whether the server's port is taken, and whether it is a onepass server that has it. */
async function portFact({ host, port }: Config): Promise<Facts["port"]> {
  if (port === 0) return { taken: false };
  const taken = await new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once("error", () => {
      resolve(true);
    });
    probe.listen(port, host, () =>
      probe.close(() => {
        resolve(false);
      }),
    );
  });
  if (!taken) return { taken };
  const local = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const answer = await fetch(`http://${local.includes(":") ? `[${local}]` : local}:${port}/version`, {
    signal: AbortSignal.timeout(2_000),
  }).catch(() => undefined);
  const version = (await answer?.json().catch(() => undefined)) as { name?: unknown; version?: unknown } | undefined;
  const by = version?.name === "onepass" ? `onepass ${String(version.version)}` : undefined;
  return { taken, by };
}

async function bundleFacts({ modelsDirs, models }: Config): Promise<BundleFact[] | undefined> {
  const found = await discoverBundles(modelsDirs, models).catch(() => undefined);
  if (!found) return undefined;
  const sound = found.bundles.map(async (bundle) => {
    const files = Object.keys(bundle.manifest.files);
    const sizes = await Promise.all(files.map(async (file) => (await stat(bundle.path(file))).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    return { model: bundleId(bundle), engine: bundle.manifest.model.engine, bytes };
  });
  const faulty = found.faulty.map(({ model, error }) => ({
    model,
    fault: error instanceof Error ? error.message : String(error),
  }));
  return [...(await Promise.all(sound)), ...faulty];
}

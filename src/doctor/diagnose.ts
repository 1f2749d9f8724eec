import type { Config } from "../config/read.js";
import type { Facts } from "./facts.js";

/** One thing that was looked at. */
export interface Diagnosis {
  readonly what: string;
  /** `bad`: the server won't start, or not answer; `warn`: it will be slower or smaller than it could be. */
  readonly state: "ok" | "warn" | "bad";
  readonly found: string;
  /** How to mend it; absent where nothing is wrong. */
  readonly advice?: string;
}

const LEAST_NODE = [20, 19];
const TESTED = "linux-x64";
/** What a model takes beside its files, by and large: contexts, sessions, their arenas. */
const MEMORY_FACTOR = 3;
const BASE_BYTES = 200 * 2 ** 20;
const LEAST_OPEN_FILES = 1024;

const ok = (what: string, found: string): Diagnosis => ({ what, state: "ok", found });
const warn = (what: string, found: string, advice: string): Diagnosis => ({ what, state: "warn", found, advice });
const bad = (what: string, found: string, advice: string): Diagnosis => ({ what, state: "bad", found, advice });

/** What is wrong with a machine and an installation, and how to mend it. */
export function diagnose(facts: Facts): Diagnosis[] {
  const config = "port" in facts.settings ? facts.settings : undefined;
  return [
    ofNode(facts),
    ofPlatform(facts),
    ofPackages(facts),
    ofCpu(facts),
    ofThreads(facts, config),
    ofMemory(facts),
    ...ofOpenFiles(facts),
    ...(config ? [ofGpu(facts, config)] : []),
    ofSettings(facts),
    ...(config ? [ofPort(facts, config), ...ofBundles(facts, config)] : []),
  ];
}

function ofNode({ node }: Facts): Diagnosis {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const [least = 0, leastMinor = 0] = LEAST_NODE;
  const enough = major > least || (major === least && minor >= leastMinor);
  return enough
    ? ok("Node", node)
    : bad("Node", node, `Install Node ${LEAST_NODE.join(".")} or later: https://nodejs.org`);
}

function ofPlatform({ platform }: Facts): Diagnosis {
  if (platform === TESTED) return ok("platform", platform);
  return warn(
    "platform",
    platform,
    `onepass is tested on ${TESTED}; run \`onepass verify\` to see whether the models answer as they should.`,
  );
}

function ofPackages({ nativePackages: { llama, onnxruntime } }: Facts): Diagnosis {
  const missing = [...(llama ? [] : ["llama.cpp"]), ...(onnxruntime ? [] : ["ONNX Runtime"])];
  if (missing.length === 0) return ok("native packages", "llama.cpp, ONNX Runtime");
  const advice = "Run npm ci again, without --omit=optional: binaries are optional packages, one a platform.";
  return bad("native packages", `${missing.join(" and ")} missing`, advice);
}

function ofCpu({ platform, cpu: { model, cores, flags } }: Facts): Diagnosis {
  const found = `${model}, ${cores} cores`;
  if (!platform.endsWith("-x64") || flags.size === 0) return ok("CPU", found);
  const known = ["avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8"].filter((flag) => flags.has(flag));
  if (!flags.has("avx2")) {
    return bad(
      "CPU",
      `${found}; no AVX2`,
      "The models need AVX2 (processors since 2013); a virtual machine may hide it: pass the host's CPU through.",
    );
  }
  if (known.length === 1) {
    return warn("CPU", `${found}; avx2`, "Without VNNI 8-bit arithmetic takes about twice as long; nothing is wrong.");
  }
  return ok("CPU", `${found}; ${known.join(", ")}`);
}

function ofThreads({ parallelism, cpuQuota, load }: Facts, config: Config | undefined): Diagnosis {
  const threads = config?.threads ?? parallelism;
  const found = `${threads} threads a model, ${cpuQuota === undefined ? `${parallelism} CPUs` : `a quota of ${cpuQuota} CPUs`}`;
  const most = cpuQuota === undefined ? parallelism : Math.max(1, Math.floor(cpuQuota));
  if (threads > most) {
    return warn("threads", found, `Set ONEPASS_THREADS=${most}: more threads than CPUs wait for each other.`);
  }
  const free = cpuQuota === undefined ? Math.max(1, most - Math.round(load)) : most; // others' work is not in a quota
  if (threads <= free) return ok("threads", found);
  const busy = `${found}, of which other work kept ${load.toFixed(1)} busy in the last minute`;
  return warn(
    "threads",
    busy,
    `If that goes on, set ONEPASS_THREADS=${free}: llama.cpp's threads wait for each other.`,
  );
}

function ofMemory({ memory: { totalBytes, availableBytes }, bundles = [] }: Facts): Diagnosis {
  const files = bundles.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  const needed = BASE_BYTES + MEMORY_FACTOR * files;
  const found = `${gib(availableBytes)} of ${gib(totalBytes)} available, about ${gib(needed)} wanted`;
  if (availableBytes >= needed) return ok("memory", found);
  return warn("memory", found, "Load fewer models (ONEPASS_MODELS), or give the machine or the container more memory.");
}

function ofOpenFiles({ openFiles }: Facts): Diagnosis[] {
  if (openFiles === undefined) return [];
  if (openFiles >= LEAST_OPEN_FILES) return [ok("open files", `${openFiles}`)];
  return [warn("open files", `${openFiles}`, `Each connection is one: ulimit -n ${LEAST_OPEN_FILES} or more.`)];
}

function ofGpu({ nvidia, nativePackages: { llamaCuda } }: Facts, { gpu }: Config): Diagnosis {
  const found = `${nvidia ? "an NVIDIA driver" : "no NVIDIA driver"}, ONEPASS_GPU=${gpu}`;
  if (gpu === "cuda" && !nvidia) {
    return bad(
      "GPU",
      found,
      "Install the driver, give the container its devices (docker run --gpus all), or set ONEPASS_GPU=off.",
    );
  }
  if (gpu !== "off" && nvidia && !llamaCuda) {
    const state = gpu === "cuda" ? bad : warn;
    return state("GPU", `${found}, llama.cpp for CUDA is missing`, "Run npm ci again: npm run lean deletes it.");
  }
  if (gpu === "off" && nvidia) return warn("GPU", found, "ONEPASS_GPU=auto runs decoders on it.");
  return ok("GPU", found);
}

function ofSettings({ settings }: Facts): Diagnosis {
  if ("port" in settings) return ok("settings", "sound");
  return bad("settings", settings.join("; "), "docs/configuration.md has every setting.");
}

function ofPort({ port: { taken, by } }: Facts, { host, port }: Config): Diagnosis {
  const place = `${host}:${port}`;
  if (!taken) return ok("port", `${place} is free`);
  if (by !== undefined) return ok("port", `${by} listens on ${place}`);
  return bad(
    "port",
    `${place} is taken by another process, or not this user's to take`,
    "Set ONEPASS_PORT to a free port above 1023.",
  );
}

function ofBundles({ bundles }: Facts, config: Config): Diagnosis[] {
  const folders = config.modelsDirs.join(" or ");
  if (!bundles) return [bad("bundles", `${folders} can't be read`, "ONEPASS_MODELS_DIR names the folder of bundles.")];
  const sound = bundles.filter(({ fault }) => fault === undefined);
  const told = bundles.map(({ model, engine = "", bytes = 0, fault }) => {
    if (fault === undefined) return ok("bundle", `${model}, ${engine}, ${(bytes / 2 ** 20).toFixed(0)} MiB`);
    return bad("bundle", fault, "Fetch it again (git checkout), or take it out of the folder.");
  });
  if (sound.length === 0)
    return [
      ...told,
      bad("bundles", `none in ${folders} can be served`, "ONEPASS_MODELS_DIR names the folder of bundles."),
    ];
  const named = { ONEPASS_DEFAULT_MODEL: config.defaultModel, ONEPASS_FALLBACK_MODEL: config.fallbackModel };
  const missing = Object.entries(named).flatMap(([variable, name]) => {
    const there =
      name === undefined ||
      name === "none" ||
      sound.some(({ model }) => model === name || model.startsWith(`${name}@`));
    return there
      ? []
      : [
          bad(
            "bundles",
            `${variable}=${name} is not there`,
            `Name one of ${sound.map(({ model }) => model).join(", ")}.`,
          ),
        ];
  });
  return [...told, ...missing];
}

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

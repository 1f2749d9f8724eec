import { expect, test } from "vitest";
import { readConfig, type Config } from "../../src/config/read.js";
import { diagnose } from "../../src/doctor/diagnose.js";
import type { Facts } from "../../src/doctor/facts.js";

const config = (env: Record<string, string> = {}): Config => readConfig({ ONEPASS_THREADS: "2", ...env });

const HEALTHY: Facts = {
  node: "20.19.0",
  platform: "linux-x64",
  cpu: { model: "Some CPU", cores: 4, flags: new Set(["avx2", "avx512_vnni"]) },
  parallelism: 4,
  load: 0.2,
  cpuQuota: undefined,
  memory: { totalBytes: 16e9, availableBytes: 8e9 },
  openFiles: 4096,
  nativePackages: { llama: true, onnxruntime: true, llamaCuda: true },
  nvidia: false,
  settings: config(),
  port: { taken: false },
  bundles: [{ model: "m@1.0.0", engine: "single-pass", bytes: 1e8 }],
};

test("a healthy machine is told so, and has no advice", () => {
  const diagnoses = diagnose(HEALTHY);
  expect(diagnoses.map(({ state }) => state)).toEqual(Array(diagnoses.length).fill("ok"));
  expect(diagnoses.every(({ advice }) => advice === undefined)).toBe(true);
  expect(diagnoses.map(({ what }) => what)).toEqual([
    ...[
      "Node",
      "platform",
      "native packages",
      "CPU",
      "threads",
      "memory",
      "open files",
      "GPU",
      "settings",
      "port",
      "bundle",
    ],
  ]);
});

test.each<[string, Partial<Facts>, string, "warn" | "bad", RegExp]>([
  ["an old Node", { node: "20.18.3" }, "Node", "bad", /Install Node 20\.19/],
  ["another platform", { platform: "linux-arm64" }, "platform", "warn", /onepass verify/],
  [
    "missing binaries",
    { nativePackages: { llama: false, onnxruntime: true, llamaCuda: false } },
    "native packages",
    "bad",
    /npm ci/,
  ],
  ["no AVX2", { cpu: { ...HEALTHY.cpu, flags: new Set(["sse4_2"]) } }, "CPU", "bad", /AVX2/],
  ["no VNNI", { cpu: { ...HEALTHY.cpu, flags: new Set(["avx2"]) } }, "CPU", "warn", /VNNI/],
  ["more threads than a quota", { cpuQuota: 1.5 }, "threads", "warn", /ONEPASS_THREADS=1/],
  ["cores that other work keeps busy", { load: 2.8 }, "threads", "warn", /ONEPASS_THREADS=1/],
  ["little memory", { memory: { totalBytes: 1e9, availableBytes: 2e8 } }, "memory", "warn", /ONEPASS_MODELS/],
  ["few files", { openFiles: 256 }, "open files", "warn", /ulimit -n/],
  ["a GPU that is not there", { settings: config({ ONEPASS_GPU: "cuda" }) }, "GPU", "bad", /ONEPASS_GPU=off/],
  ["a GPU that is not used", { nvidia: true }, "GPU", "warn", /ONEPASS_GPU=auto/],
  [
    "a GPU without its binary",
    {
      nvidia: true,
      settings: config({ ONEPASS_GPU: "cuda" }),
      nativePackages: { llama: true, onnxruntime: true, llamaCuda: false },
    },
    "GPU",
    "bad",
    /npm ci/,
  ],
  ["faulty settings", { settings: ["ONEPASS_PROT: there is no such setting"] }, "settings", "bad", /configuration\.md/],
  ["a port that is taken", { port: { taken: true } }, "port", "bad", /ONEPASS_PORT/],
  ["a folder that can't be read", { bundles: undefined }, "bundles", "bad", /ONEPASS_MODELS_DIR/],
  ["no bundle", { bundles: [] }, "bundles", "bad", /ONEPASS_MODELS_DIR/],
  [
    "a faulty bundle",
    { bundles: [...HEALTHY.bundles!, { model: "x", fault: "Bundle x: torn" }] },
    "bundle",
    "bad",
    /Fetch/,
  ],
  [
    "a fallback that is not there",
    { settings: config({ ONEPASS_FALLBACK_MODEL: "nobody" }) },
    "bundles",
    "bad",
    /Name one of m@1\.0\.0/,
  ],
])("%s is told with advice", (_name, facts, what, state, advice) => {
  const wrong = diagnose({ ...HEALTHY, ...facts }).filter((one) => one.state !== "ok");
  expect(wrong).toEqual([{ what, state, found: expect.any(String), advice: expect.stringMatching(advice) }]);
});

test("a server of ours on the port is no fault", () => {
  const port = diagnose({ ...HEALTHY, port: { taken: true, by: "onepass 0.1.0" } }).find(({ what }) => what === "port");
  expect(port).toMatchObject({ state: "ok", found: expect.stringContaining("onepass 0.1.0 listens") });
});

import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

// Deletes what a CPU of this kind never opens: llama.cpp for CUDA and Vulkan, other systems' binaries. Some 0.9 GB of
// node_modules; `npm ci` brings it back.
const MODULES = join(import.meta.dirname, "../node_modules");
const { platform, arch } = process;
const own = { darwin: `mac-${arch}`, linux: `linux-${arch}`, win32: `win-${arch}` }[platform];

// This processor's own build of llama.cpp must be there: without it the others are not to be deleted either.
if (!existsSync(join(MODULES, "@node-llama-cpp", own ?? ""))) {
  console.error(`node_modules has no llama.cpp for ${platform} on ${arch}. Run npm ci first.`);
  process.exit(1);
}
keepOnly(join(MODULES, "@node-llama-cpp"), own);
for (const api of readdirSync(join(MODULES, "onnxruntime-node/bin"))) {
  const binaries = join(MODULES, "onnxruntime-node/bin", api);
  keepOnly(binaries, platform);
  keepOnly(join(binaries, platform), arch);
}
// The plotting library brings every build of itself, with maps; modules come from its lib/.
keepOnly(join(MODULES, "echarts/dist"), "echarts.min.js");

function keepOnly(folder, name) {
  for (const other of readdirSync(folder)) {
    if (other !== name) rmSync(join(folder, other), { recursive: true });
  }
}

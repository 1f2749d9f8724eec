import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const ROOT = join(import.meta.dirname, "..");
const OUTPUT = join(ROOT, "dist");

/** Compiles `src/` and `scripts/` to `dist/` and `web/` to `dist/web/`, from nothing: what a source lost must not live on there. */
export function build() {
  rmSync(OUTPUT, { recursive: true, force: true });
  run("node_modules/typescript/bin/tsc", "-p", join(ROOT, "tsconfig.build.json"));
  run("node_modules/vite/bin/vite.js", "build", join(ROOT, "web"), "--config", join(ROOT, "web/vite.config.ts"));
  for (const file of filesIn(join(OUTPUT, "web"))) {
    if (!file.endsWith(".woff2")) writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  }
}

function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** A tool that fails has said why. */
function run(tool, ...args) {
  const { status } = spawnSync(process.execPath, [join(ROOT, tool), ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/** Whether `dist/` is missing or older than a source. */
export function isStale() {
  const main = join(OUTPUT, "src/main.js");
  if (!existsSync(main)) return true;
  const built = statSync(main).mtimeMs;
  const sources = ["src", "scripts", "web"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(ROOT, folder, name)),
  );
  return [...sources, join(ROOT, "tsconfig.json"), join(ROOT, "tsconfig.build.json")].some(
    (file) => statSync(file).mtimeMs > built,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();

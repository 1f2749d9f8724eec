import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(import.meta.dirname, "..");
const OUTPUT = join(ROOT, "dist");

/** Compiles `src/` and `scripts/` to `dist/`, from nothing: what a source lost must not live on there. */
export function build() {
  rmSync(OUTPUT, { recursive: true, force: true });
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", join(ROOT, "tsconfig.build.json")], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/** Whether `dist/` is missing or older than a source. */
export function isStale() {
  const main = join(OUTPUT, "src/main.js");
  if (!existsSync(main)) return true;
  const built = statSync(main).mtimeMs;
  const sources = ["src", "scripts"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(ROOT, folder, name)),
  );
  return [...sources, join(ROOT, "tsconfig.json"), join(ROOT, "tsconfig.build.json")].some(
    (file) => statSync(file).mtimeMs > built,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();

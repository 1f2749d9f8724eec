import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

// Writes bundles of RoBERTa's shapes with random weights into shapes/, with a small Python environment of its own:
//   npm run shapes -- base int8
const ROOT = join(import.meta.dirname, "..");
const REQUIREMENTS = join(ROOT, "training/shapes/requirements.txt");
const ENVIRONMENT = join(ROOT, ".venv-shapes");
const INSTALLED = join(ENVIRONMENT, "requirements.txt"); // a copy of what was installed, written at the end of an install
const windows = process.platform === "win32";
const python = join(ENVIRONMENT, windows ? "Scripts/python.exe" : "bin/python");

if (!isInstalled()) install();
run(python, ["-m", "training.shapes", ...process.argv.slice(2)]);

function isInstalled() {
  return existsSync(INSTALLED) && readFileSync(INSTALLED, "utf8") === readFileSync(REQUIREMENTS, "utf8");
}

function install() {
  const system = windows ? "python" : "python3";
  const { status } = spawnSync(system, ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"]);
  if (status !== 0) {
    console.error(`npm run shapes needs Python 3.11 or later with venv; ${system} is not that.`);
    process.exit(1);
  }
  run(system, ["-m", "venv", "--clear", ENVIRONMENT]);
  run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS]);
  copyFileSync(REQUIREMENTS, INSTALLED);
}

/** Ends this process when the program fails, with its exit code. */
function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: "inherit" });
  if (error) console.error(`${program}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

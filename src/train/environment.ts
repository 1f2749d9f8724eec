import { existsSync } from "node:fs";
import { mkdir, readFile, statfs, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { PACKAGE_ROOT } from "../package.js";
import { cacheFolder } from "./cache.js";
import { TrainError, TrainingFailed } from "./errors.js";
import type { EnvironmentOptions } from "./options.js";
import { run } from "./process.js";

export interface Setting {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stop: AbortSignal;
  /** A line for whoever waits. */
  readonly tell: (line: string) => void;
  /** Whether what the line says may be done. */
  readonly agree: (line: string) => Promise<boolean>;
}

/** A package and its version. */
interface Requirement {
  readonly name: string;
  readonly version: string;
}

const REQUIREMENTS = join(PACKAGE_ROOT, "training/requirements.txt");
/** In environments of ours: what is missing in these may be installed. */
const MARK = "made-by-onepass";
const SIZES = {
  cuda: "some 6 GB, since the usual torch brings CUDA; --torch-index URL takes it from an index of CPU wheels, which are far smaller",
  own: "some 2 GB, or more with what the index of --torch-index gives",
};
const LEAST_FREE_BYTES = 8e9;
const OLDEST = [3, 11];

/** Tells what is installed, without loading it. */
const CHECK = `
import json, sys
from importlib import metadata
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps({"version": list(sys.version_info[:2]), "packages": found}))
`;

export const pythonOf = (folder: string): string =>
  process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");

/** The Python that trains, made on first use. @throws TrainError, TrainingFailed */
export async function ensureEnvironment(options: EnvironmentOptions, setting: Setting): Promise<string> {
  const folder = resolve(options.environment ?? join(cacheFolder(setting.env), "python"));
  const python = pythonOf(folder);
  const required = await requirements();
  if (existsSync(python)) {
    const missing = await missingIn(python, required, setting);
    if (missing.length === 0) return python;
    if (!existsSync(join(folder, MARK))) {
      throw new TrainError(
        `--environment: ${folder} lacks ${missing.map(({ name }) => name).join(", ")}. Install them: ` +
          `${python} -m pip install -r ${REQUIREMENTS}; or leave --environment out, and onepass makes one`,
      );
    }
  }
  await make(folder, python, required, options, setting);
  return python;
}

async function make(
  folder: string,
  python: string,
  required: readonly Requirement[],
  { python: maker, torchIndex, yes }: EnvironmentOptions,
  { stop, tell, agree }: Setting,
): Promise<void> {
  const size = torchIndex === undefined ? SIZES.cuda : SIZES.own;
  const what = `Training needs Python packages: torch and ${required.length - 1} others come to ${folder}, ${size}.`;
  if (yes) tell(what);
  else if (!(await agree(what))) throw new TrainError("nothing was installed");
  await checkRoom(folder);
  if (!existsSync(python)) {
    const { version } = await look(maker, [], stop);
    if (version[0]! * 100 + version[1]! < OLDEST[0]! * 100 + OLDEST[1]!) {
      throw new TrainError(`--python: ${maker} is Python ${version.join(".")}; training needs ${OLDEST.join(".")}`);
    }
    tell(`making ${folder} with ${maker}`);
    await succeed(maker, ["-m", "venv", folder], "The environment could not be made", stop);
    await writeFile(join(folder, MARK), "onepass train made this environment, and may add packages to it.\n");
  }
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"];
  const specs = required.map(({ name, version }) => `${name}==${version}`);
  if (torchIndex !== undefined) {
    const torch = specs.filter((spec) => spec.startsWith("torch=="));
    await succeed(python, [...pip, "--index-url", torchIndex, ...torch], "torch could not be installed", stop, tell);
  }
  await succeed(python, [...pip, ...specs], "The packages could not be installed", stop, tell);
}

/** The folder's disk has room. A file system that does not tell is trusted. */
async function checkRoom(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const { bavail, bsize } = await statfs(dirname(folder)).catch(() => ({ bavail: Infinity, bsize: 1 }));
  const free = bavail * bsize;
  if (free < LEAST_FREE_BYTES) {
    throw new TrainError(
      `${dirname(folder)} has ${(free / 1e9).toFixed(1)} GB left, too few; --environment DIR puts the packages elsewhere`,
    );
  }
}

/** Runs what has to go well, and tells its lines. */
async function succeed(
  program: string,
  args: readonly string[],
  fault: string,
  stop: AbortSignal,
  onLine?: (line: string) => void,
): Promise<void> {
  const { code, complaint } = await run(program, args, { stop, ...(onLine && { onLine }) });
  stop.throwIfAborted();
  if (code !== 0) throw new TrainingFailed(`${fault}:\n${complaint.trim() || `${program} ended with ${code}`}`);
}

async function requirements(): Promise<Requirement[]> {
  const lines = (await readFile(REQUIREMENTS, "utf8")).split("\n");
  return lines.flatMap((line) => {
    const [, name, version] = /^([\w.-]+)==([\w.+-]+)\s*$/.exec(line) ?? [];
    return name !== undefined && version !== undefined ? [{ name, version }] : [];
  });
}

async function missingIn(
  python: string,
  required: readonly Requirement[],
  { stop, tell }: Setting,
): Promise<Requirement[]> {
  const { packages } = await look(
    python,
    required.map(({ name }) => name),
    stop,
  );
  const others = required.filter(({ name, version }) => packages[name] && !sameVersion(packages[name], version));
  if (others.length > 0) {
    const names = others.map(({ name, version }) => `${name} ${packages[name]} (not ${version})`);
    tell(`other versions than training was tried with: ${names.join(", ")}`);
  }
  return required.filter(({ name }) => packages[name] === undefined);
}

/** A CPU wheel calls itself `2.15.0+cpu`. */
const sameVersion = (found: string, wanted: string): boolean => found.split("+")[0] === wanted;

interface Look {
  readonly version: readonly number[];
  readonly packages: Readonly<Record<string, string>>;
}

/** @throws TrainError when it is no Python that runs */
async function look(python: string, names: readonly string[], stop: AbortSignal): Promise<Look> {
  let told = "";
  const { code, complaint } = await run(python, ["-c", CHECK, ...names], { stop, onLine: (line) => (told = line) });
  stop.throwIfAborted();
  if (code !== 0) throw new TrainError(`--python: ${python} does not run: ${complaint.trim()}`);
  return JSON.parse(told) as Look;
}

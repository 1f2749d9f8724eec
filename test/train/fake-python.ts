import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../src/package.js";

/** What a fake Python does, in its environment: the pieces that `onepass train` asks a real one for. */
export interface Behaviour {
  /** Distributions that are missing. */
  readonly missing?: readonly string[];
  readonly version?: readonly [number, number];
  /** Its `-m training.own`: the body of an async function of Node with `args`, `tell(event)`, `fs`, `path`, `root`. */
  readonly training?: string;
}

/**
 * An environment whose `bin/python` is a script of Node's: it answers what is installed, makes "environments" that are copies of
 * itself, "installs", and plays the training's part of the protocol. Each call's arguments are kept in `calls.jsonl`.
 */
export async function fakeEnvironment(folder: string, behaviour: Behaviour = {}): Promise<string> {
  await mkdir(join(folder, "bin"), { recursive: true });
  const python = join(folder, "bin", "python");
  await writeFile(python, scriptOf(folder, behaviour));
  await chmod(python, 0o755);
  return python;
}

const scriptOf = (
  folder: string,
  { missing = [], version = [3, 12], training = "" }: Behaviour,
): string => `#!${process.execPath}
const fs = require("node:fs"), path = require("node:path");
const args = process.argv.slice(2);
const log = ${JSON.stringify(join(folder, "calls.jsonl"))};
fs.appendFileSync(log, JSON.stringify(args) + "\\n");
const tell = (event) => process.stdout.write(JSON.stringify(event) + "\\n");
const root = ${JSON.stringify(PACKAGE_ROOT)};
const here = path.dirname(path.dirname(process.argv[1]));
const option = (name) => args[args.indexOf(name) + 1];
async function main() {
  if (args[0] === "-c") {
    const installed = fs.existsSync(path.join(here, "installed"));
    const missing = installed ? [] : ${JSON.stringify(missing)};
    const names = args.slice(2).filter((name) => !missing.includes(name));
    tell({ version: ${JSON.stringify(version)}, packages: Object.fromEntries(names.map((name) => [name, "0.0.1"])) });
  } else if (args[1] === "venv") {
    fs.mkdirSync(path.join(args[2], "bin"), { recursive: true });
    fs.copyFileSync(process.argv[1], path.join(args[2], "bin", "python"));
  } else if (args[1] === "pip") {
    fs.writeFileSync(path.join(here, "installed"), "");
    process.stdout.write("Successfully installed torch\\n");
  } else if (args[1] === "training.own") {
    await (async () => {
${training}
    })();
  }
}
main().catch((error) => { console.error(error); process.exit(1); });
`;

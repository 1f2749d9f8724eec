import { spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../src/package.js";
import { isServer, type Block } from "./blocks.js";

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The server of the tests is the one that this starts, so a page that begins with it finds it running. */
const isRunning = ({ code }: Block) => code.trim() === "npm run up";

/** What a page says of a server's address, and what its commands are given in its place. */
const ADDRESS = /(127\.0\.0\.1|localhost):8080\b/g;

/**
 * Runs the blocks of a page as a reader would: one after the other, in one shell, in a clone of the repository. What they write stays in the
 * clone. `127.0.0.1:8080` becomes the address of the server of the tests; once a block ends with a server of the page's own, that of this one,
 * which goes on in the background until the page is over, on small models and a free port.
 * @param port of the server that `npm run up` has started
 */
export async function runPage(blocks: readonly Block[], port: number): Promise<Ran[]> {
  const folder = mkdtempSync(join(tmpdir(), "onepass-docs-"));
  const clone = cloneInto(join(folder, "onepass"));
  writeFileSync(join(folder, "page.sh"), script(blocks, folder, port, await freePort()));
  try {
    const shell = spawn("bash", [join(folder, "page.sh")], {
      cwd: clone,
      env: environment(folder),
      stdio: "ignore",
      detached: true, // a group, which ends as one
    });
    await once(shell, "close");
    try {
      process.kill(-shell.pid!, "SIGKILL"); // servers of the page
    } catch {
      // none is left
    }
    return blocks.map((_, i) => ({
      status: Number(read(folder, `${i}.status`) || "-1"),
      stdout: read(folder, `${i}.out`),
      stderr: read(folder, `${i}.err`),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first command that fails ends the page: its block has no status, like those after it. */
function script(blocks: readonly Block[], folder: string, shared: number, free: number): string {
  let port = shared;
  const runs = blocks.map((block, i) => {
    const starts = isServer(block) && !isRunning(block);
    if (starts) port = free;
    const file = join(folder, `${i}.sh`);
    writeFileSync(file, `${block.code.replaceAll(ADDRESS, `127.0.0.1:${port}`)}\n`);
    const [outputs, done] = [`>${folder}/${i}.out 2>${folder}/${i}.err`, `echo $? >${folder}/${i}.status`];
    if (starts)
      return `(. ${file}) ${outputs} & wait_for ${port}; export ONEPASS_URL=http://127.0.0.1:${port}; ${done}`;
    return isRunning(block) ? `wait_for ${port}; ${done}` : `. ${file} ${outputs}; ${done}`;
  });
  return `set -e
wait_for() {
  for _ in $(seq 1200); do
    engines=$(curl -sf http://127.0.0.1:$1/readyz) && ! grep -q '"state":"loading"' <<<"$engines" && return 0
    sleep 0.1
  done
  return 1
}
trap 'jobs -p | xargs -r kill 2>/dev/null || true' EXIT
export ONEPASS_URL=http://127.0.0.1:${shared} ONEPASS_PORT=${free}
${runs.join("\n")}
`;
}

/** No setting of ours reaches a page, and no command of one the reader's home or a registry. */
function environment(folder: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ONEPASS_|npm_)/.test(name));
  return {
    ...Object.fromEntries(inherited),
    HOME: folder,
    ONEPASS_THREADS: "1",
    ONEPASS_MODELS: SMALL_MODELS,
    npm_config_offline: "true",
    npm_config_update_notifier: "false",
  };
}

/** Of a page's own server: those that load in no time. */
const SMALL_MODELS = "dual-en,joint-en";

/** Folders that commands write into are there anew: as copies, or as links to what is in them, which `npm ci` may delete. */
const COPIED = ["docs"];
const LINKED = ["models", "node_modules"];
const LEFT_OUT = [".git", "data"];

function cloneInto(clone: string): string {
  mkdirSync(clone);
  for (const name of readdirSync(PACKAGE_ROOT)) {
    const [from, to] = [join(PACKAGE_ROOT, name), join(clone, name)];
    if (COPIED.includes(name) || !statSync(from).isDirectory()) cpSync(from, to, { recursive: true });
    else if (LINKED.includes(name)) linkAll(from, to);
    else if (!LEFT_OUT.includes(name)) symlinkSync(from, to);
  }
  return clone;
}

function linkAll(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) symlinkSync(join(from, name), join(to, name));
}

function read(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    return "";
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

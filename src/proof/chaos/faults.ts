import { execFile } from "node:child_process";
import { copyFile, open, readFile, rename, stat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { choose, type Random } from "../../statistics/random.js";
import type { Victim } from "./server.js";
import { post } from "./traffic.js";

const run = promisify(execFile);

/** Does the harm; resolves when it is done. What it returns is told in the report. */
export type Inject = (victim: Victim, random: Random) => Promise<string>;

const FULL_MS = 2_000;
const SLOW_MS = 3_000;
const CLIENTS = 20;
const PATIENCE_MS = 120_000;

/** The faults, by name. */
export const FAULTS: Readonly<Record<string, Inject>> = {
  killed: signal("SIGKILL"),
  segmentation_fault: signal("SIGSEGV"),
  stopped: signal("SIGSTOP"),
  out_of_memory: outOfMemory,
  corrupted_reload: corruptedReload,
  full_disk: fullDisk,
  slow_clients: slowClients,
  reset_sockets: resetSockets,
};

function signal(name: NodeJS.Signals): Inject {
  return async (victim, random) => {
    const pid = choose(await victim.workers(), random);
    process.kill(pid, name);
    return `worker ${pid}`;
  };
}

/** A worker may take no more address space than it has: what it allocates next fails, in native code or in V8. */
async function outOfMemory(victim: Victim, random: Random): Promise<string> {
  const pid = choose(await victim.workers(), random);
  const pages = Number((await readFile(`/proc/${pid}/statm`, "utf8")).split(" ")[0]);
  await run("prlimit", ["--pid", String(pid), `--as=${pages * 4_096}`]);
  return `worker ${pid} at ${Math.round((pages * 4) / 1_024)} MiB of address space`;
}

/** A byte of the weights is another one: the load must be refused, and the model that runs go on. */
async function corruptedReload({ url, key, bundle, model }: Victim): Promise<string> {
  const manifest = JSON.parse(await readFile(join(bundle, "bundle.json"), "utf8")) as { files: Record<string, string> };
  const sizes = await Promise.all(
    Object.keys(manifest.files).map(async (file) => ({ file, size: (await stat(join(bundle, file))).size })),
  );
  const { file, size } = sizes.reduce((most, one) => (one.size > most.size ? one : most));
  const [path, kept] = [join(bundle, file), join(bundle, `.${file}.kept`)];
  await rename(path, kept);
  try {
    await copyFile(kept, path);
    await using handle = await open(path, "r+");
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, size >> 1);
    byte[0]! ^= 0xff;
    await handle.write(byte, 0, 1, size >> 1);
    const { status, text } = await post({ url, key, patienceMs: PATIENCE_MS }, "", `/admin/models/${model}/load`);
    if (status !== 409) throw new Error(`a corrupted bundle was answered with ${status}: ${text}`);
    return text;
  } finally {
    await rename(kept, path);
  }
}

/** The server may write no more to its log than is there, as on a full disk. */
async function fullDisk({ pid, log }: Victim): Promise<string> {
  const { size } = await stat(log);
  await run("prlimit", ["--pid", String(pid), `--fsize=${size}:unlimited`]);
  await sleep(FULL_MS);
  await run("prlimit", ["--pid", String(pid), "--fsize=unlimited:unlimited"]);
  return `${FULL_MS} ms`;
}

/** Clients that send a byte at a time and go away. */
async function slowClients({ url }: Victim): Promise<string> {
  const { hostname, port } = new URL(url);
  const sockets = Array.from({ length: CLIENTS }, () => connect(Number(port), hostname).on("error", () => undefined));
  const head = "POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{";
  for (let at = 0; at < SLOW_MS; at += 100) {
    for (const socket of sockets) if (socket.writable) socket.write(head[at / 100] ?? " ");
    await sleep(100);
  }
  for (const socket of sockets) socket.destroy();
  return `${CLIENTS} clients for ${SLOW_MS} ms`;
}

/** Clients that ask, and reset the connection before the answer. */
async function resetSockets({ url, key }: Victim): Promise<string> {
  const { hostname, port } = new URL(url);
  const body = JSON.stringify({ text: "wake me up at nine on friday" });
  const head = `POST /classify HTTP/1.1\r\nHost: localhost\r\nx-api-key: ${key}\r\nContent-Length: ${body.length}\r\n\r\n`;
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, i) => {
      const socket = connect(Number(port), hostname).on("error", () => undefined);
      socket.write(head + body);
      await sleep(i);
      socket.resetAndDestroy();
    }),
  );
  return `${CLIENTS} clients`;
}

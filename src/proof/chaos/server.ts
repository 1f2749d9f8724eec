import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makeKey } from "../../access/keys.js";
import { bundleId, loadBundle } from "../../bundle/bundle.js";
import { CommandError } from "../../errors.js";
import { PACKAGE_ROOT } from "../../package.js";
import { post } from "./traffic.js";

/** A server that is there to be hurt: on copies of models, with a key, its log in a file. */
export interface Victim extends AsyncDisposable {
  readonly url: string;
  readonly key: string;
  readonly pid: number;
  /** Of the log. */
  readonly log: string;
  /** Folder of the default model's copy. */
  readonly bundle: string;
  /** `name` of the default model. */
  readonly model: string;
  /** Every engine of every model. */
  readonly engines: readonly { readonly model: string; readonly engine: string }[];
  /** Process ids of its workers. */
  workers(): Promise<number[]>;
}

export interface VictimOptions {
  /** Folders of bundles: the default model, then the fallback. */
  readonly bundles: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

const START_MS = 600_000;
const POLL_MS = 100;
const STOP_MS = 60_000;
const PROBE_PATIENCE_MS = 60_000;

/** @throws CommandError when it does not start */
export async function startVictim({ bundles, env }: VictimOptions): Promise<Victim> {
  const folder = await mkdtemp(join(tmpdir(), "onepass-chaos-"));
  const copies = await Promise.all(
    bundles.map((bundle) => copyBundle(join(PACKAGE_ROOT, bundle), join(folder, "models"))),
  );
  const { secret: key, entry } = makeKey("chaos", ["classify", "admin", "metrics"]);
  await writeFile(join(folder, "keys.json"), JSON.stringify({ keys: [entry] }), { mode: 0o600 });
  const log = join(folder, "log");
  const output = openSync(log, "a");
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, "scripts/start.js")], {
    env: {
      ...env,
      ONEPASS_HOST: "127.0.0.1",
      ONEPASS_PORT: "0",
      ONEPASS_MODELS_DIR: join(folder, "models"),
      ONEPASS_KEYS_FILE: join(folder, "keys.json"),
      ONEPASS_DEFAULT_MODEL: copies[0]!.name,
    },
    stdio: ["ignore", output, output],
    detached: true, // Ctrl-C is for us alone: what was measured until then is written
  });
  const kill = () => void child.kill("SIGKILL");
  process.once("exit", kill);
  closeSync(output);
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    if (child.exitCode === null && child.signalCode === null) await ended;
    clearTimeout(late);
    process.off("exit", kill);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = await addressIn(log, () => child.exitCode ?? child.signalCode);
    const engines = await untilReady(url, key, copies.length);
    return {
      ...{ url, key, log, engines },
      pid: child.pid!,
      bundle: copies[0]!.folder,
      model: copies[0]!.name,
      workers: () => workersOf(child.pid!),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A bundle that may be spoilt; a file system that can shares the blocks. */
async function copyBundle(from: string, models: string): Promise<{ folder: string; name: string }> {
  const bundle = await loadBundle(from);
  const to = join(models, bundle.manifest.name);
  await mkdir(to, { recursive: true });
  for (const file of ["bundle.json", ...Object.keys(bundle.manifest.files)]) {
    await copyFile(join(from, file), join(to, file), constants.COPYFILE_FICLONE);
  }
  return { folder: to, name: bundleId(bundle).split("@")[0]! };
}

async function addressIn(log: string, ended: () => unknown): Promise<string> {
  for (;;) {
    const text = await readFile(log, "utf8");
    const url = /"url":"([^"]+)"/.exec(text)?.[1];
    if (url !== undefined) return url;
    if (ended() !== null) throw new CommandError(`the server did not start: ${text.slice(-2_000)}`);
    await sleep(POLL_MS);
  }
}

async function untilReady(url: string, key: string, models: number): Promise<Victim["engines"]> {
  const until = performance.now() + START_MS;
  while (performance.now() < until) {
    const response = await fetch(`${url}/readyz`, { headers: { "x-api-key": key } }).catch(() => undefined);
    const { engines } = ((await response?.json()) ?? { engines: [] }) as {
      engines: { model: string; engine: string; state: string; error?: string }[];
    };
    const failed = engines.find(({ state }) => state === "failed");
    if (failed) throw new CommandError(`${failed.model} can't be served: ${failed.error ?? ""}`);
    if (new Set(engines.map(({ model }) => model)).size === models && engines.every(({ state }) => state === "ready")) {
      return engines;
    }
    await sleep(POLL_MS);
  }
  throw new CommandError(`the server was not ready within ${START_MS} ms`);
}

/** Resolves when every engine has answered by itself a request that was sent after the call; the milliseconds that it took. */
export async function recovery({ url, key, engines }: Victim): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(
    engines.map(async ({ model, engine }) => {
      const body = JSON.stringify({ text: "wake me up at nine", tasks: ["intent"], model, engine, fallback: "never" });
      while (performance.now() - startedAt < PROBE_PATIENCE_MS) {
        const answer = await post({ url, key, patienceMs: PROBE_PATIENCE_MS }, body).catch(() => undefined);
        if (answer?.status === 200) return;
        await sleep(POLL_MS);
      }
    }),
  );
  return performance.now() - startedAt;
}

/** From Linux's `/proc`: children of the server that have a model. */
async function workersOf(server: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const [stat, command] = await Promise.all(
      ["stat", "cmdline"].map((file) => readFile(`/proc/${name}/${file}`, "utf8").catch(() => "")),
    );
    const parent = /^\d+ \(.*\) \S (\d+)/s.exec(stat!)?.[1];
    if (Number(parent) === server && command!.startsWith("onepass worker")) found.push(Number(name));
  }
  return found;
}

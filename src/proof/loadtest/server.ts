import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PACKAGE_ROOT } from "../../package.js";
import { LoadTestError, ServerGoneError } from "./errors.js";

/** A server that was started here. */
export interface OwnServer extends Server {
  readonly pid: number;
}

/** A server to measure. Disposing of it stops it if it is ours. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  /** Aborted with a ServerGoneError when the server ends by itself; never for a server that is not ours. */
  readonly gone: AbortSignal;
  /** The `ONEPASS_*` settings it was started with that may change the figures. */
  readonly settings: Readonly<Record<string, string>>;
}

const HOST = "127.0.0.1";
const POLL_MS = 100;
const PROBE_MS = 5_000;
const STOP_MS = 15_000;
const LOAD_MS = 600_000;
const LAST_WORDS = 2_000; // characters of stderr that are told

const FIGURES = ["GPU", "THREADS", "MAX_SEQUENCES", "WORKERS"].map((name) => `ONEPASS_${name}`);

/** Takes a port for a moment: a server of ours would fail on it later, and another one answer for it. */
export async function freePort(port: number): Promise<number> {
  const holder = createServer();
  try {
    const listening = once(holder, "listening");
    holder.listen(port, HOST);
    await listening;
    return (holder.address() as AddressInfo).port;
  } catch (cause) {
    throw new LoadTestError(`--port: ${HOST}:${port} is taken by another process; leave --port out for a free one`, {
      cause,
    });
  } finally {
    holder.close();
  }
}

/** Why a child ended, for a person: its last words on stderr. */
function farewell(child: ChildProcess, stderr: string): ServerGoneError {
  const how = child.signalCode ?? `exit code ${child.exitCode}`;
  const words = stderr.trim().slice(-LAST_WORDS);
  return new ServerGoneError(`the server ended (${how})${words === "" ? "" : `: ${words}`}`);
}

/**
 * `onepass serve` in a process of its own.
 * env: of the process. launcher: a command that becomes the process, such as `taskset -c 1`. @throws LoadTestError when the port is taken; ServerGoneError when the server does not start
 */
export async function startServer(
  env: NodeJS.ProcessEnv,
  port = 0,
  signal?: AbortSignal,
  launcher: readonly string[] = [],
): Promise<OwnServer> {
  const url = `http://${HOST}:${await freePort(port)}`;
  const settings = { ONEPASS_LOG_LEVEL: "error", ...env, ONEPASS_HOST: HOST, ONEPASS_PORT: new URL(url).port };
  const serve = [process.execPath, join(PACKAGE_ROOT, "bin/onepass.js"), "serve"];
  const [command = process.execPath, ...args] = launcher.concat(serve);
  const child = spawn(command, args, {
    env: settings,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const gone = new AbortController();
  let words = "";
  // Errors are logged to stdout; both must be read, since a full pipe would stop the process.
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-2 * LAST_WORDS)));
  }
  child.once("close", () => {
    gone.abort(farewell(child, words));
  });
  const stop = async () => {
    if (gone.signal.aborted) return;
    child.kill("SIGTERM");
    const ended = new AbortController();
    const late = sleep(STOP_MS, undefined, { signal: ended.signal }).then(
      () => child.kill("SIGKILL"),
      () => undefined,
    );
    await once(gone.signal, "abort");
    ended.abort();
    await late;
  };
  const server = {
    url,
    pid: child.pid ?? NaN, // without one it has not started, and `gone` tells
    gone: gone.signal,
    settings: Object.fromEntries(FIGURES.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
    [Symbol.asyncDispose]: stop,
  };
  try {
    await untilLive(server, signal);
    return server;
  } catch (error) {
    await stop();
    throw error;
  }
}

export function runningServer(url: string): Server {
  const never = new AbortController().signal;
  return { url, gone: never, settings: {}, [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function untilLive({ url, gone }: Server, signal?: AbortSignal): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    gone.throwIfAborted();
    const live = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(PROBE_MS) }).catch(() => undefined);
    if (live?.ok) return;
    await sleep(POLL_MS);
  }
}

/**
 * Waits until no engine is being loaded any more.
 * @throws LoadTestError when there is no such server; ServerGoneError when it ends meanwhile
 */
export async function untilLoaded({ url, gone }: Server, signal: AbortSignal): Promise<void> {
  const until = performance.now() + LOAD_MS;
  while (performance.now() < until) {
    signal.throwIfAborted();
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.any([signal, gone]) }).catch((cause: unknown) => {
      signal.throwIfAborted();
      gone.throwIfAborted();
      throw new LoadTestError(`no server answers at ${url}`, { cause });
    });
    const body = (await answer.json().catch(() => ({}))) as { engines?: { state: string }[] };
    if (!body.engines) throw new LoadTestError(`what answers at ${url} is no onepass server`);
    if (body.engines.length > 0 && body.engines.every(({ state }) => state !== "loading")) return;
    await sleep(POLL_MS);
  }
  throw new LoadTestError(`the server at ${url} has not loaded its models in ${LOAD_MS / 60_000} minutes`);
}

/** After faults of the network: whether the server is still there. @throws ServerGoneError */
export async function checkAlive({ url, gone }: Server): Promise<void> {
  const signal = AbortSignal.any([gone, AbortSignal.timeout(PROBE_MS)]);
  const cause: unknown = await fetch(`${url}/livez`, { signal }).then(
    (live) => (live.ok ? undefined : new Error(`HTTP ${live.status}`)),
    (error: unknown) => error,
  );
  if (cause === undefined) return;
  await sleep(POLL_MS); // the end of a process is told after the end of its connections
  gone.throwIfAborted();
  throw new ServerGoneError(`the server at ${url} does not answer any more`, { cause });
}

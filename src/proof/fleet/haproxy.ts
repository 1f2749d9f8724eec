import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../../errors.js";
import { freePort } from "../loadtest/server.js";
import { PACKAGE_ROOT } from "../../package.js";

export const HAPROXY_CONFIG = join(PACKAGE_ROOT, "deploy/haproxy/haproxy.cfg");

/** Names of the servers in the configuration, in the order of their addresses. */
const SERVERS = ["one", "two", "three"] as const;
export const FLEET_SIZE = SERVERS.length;

const POLL_MS = 50;
const PATIENCE_MS = 120_000;
const HOST = "127.0.0.1";

/** What the proxy has seen of one server. */
export interface ServerStats {
  readonly status: string;
  readonly requests: number;
  /** Requests that were sent again, to the same or to another server. */
  readonly retries: number;
  readonly redispatches: number;
}

export interface Proxy extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  stats(): Promise<ServerStats[]>;
  /** Resolves when the proxy sends requests to the server, or to each. @throws CommandError when it never does */
  untilUp(server?: number): Promise<void>;
  /** Resolves when the proxy has noticed that the server is down. */
  untilDown(server: number): Promise<void>;
}

/** HAProxy with the configuration that the repository ships, in front of three servers of this machine. */
export async function startProxy(servers: readonly string[]): Promise<Proxy> {
  const [port, statsPort] = [await freePort(0), await freePort(0)];
  const addresses = servers.map((url, i) => [`ONEPASS_${i + 1}`, new URL(url).host]);
  const child = spawn("haproxy", ["-db", "-f", HAPROXY_CONFIG], {
    env: {
      ...process.env,
      ...(Object.fromEntries(addresses) as Record<string, string>),
      ONEPASS_PROXY: `${HOST}:${port}`,
      ONEPASS_PROXY_STATS: `${HOST}:${statsPort}`,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
  const failure = new Promise<never>((_, reject) => {
    child.once("error", (cause) => {
      reject(new CommandError("haproxy can't be started: is it installed?", { cause }));
    });
    child.once("exit", () => {
      reject(new CommandError(`haproxy ended: ${words}`));
    });
  });
  failure.catch(() => undefined); // told by whoever waits

  const stats = async () => {
    const answer = await fetch(`http://${HOST}:${statsPort}/stats;csv`, { signal: AbortSignal.timeout(10_000) });
    return parseStats(await answer.text());
  };
  const until = async (what: string, isSo: (servers: ServerStats[]) => boolean) => {
    const end = performance.now() + PATIENCE_MS;
    while (performance.now() < end) {
      const now = await Promise.race([stats().catch(() => []), failure]);
      if (now.length > 0 && isSo(now)) return;
      await sleep(POLL_MS);
    }
    throw new CommandError(`haproxy has not seen in ${PATIENCE_MS / 1000} s that ${what}`);
  };
  const isUp = ({ status }: ServerStats) => status.startsWith("UP");
  return {
    url: `http://${HOST}:${port}`,
    pid: child.pid ?? NaN,
    stats,
    untilUp: (server) => until("the servers are up", (all) => all.every((one, i) => isUp(one) || (server ?? i) !== i)),
    untilDown: (server) => until("a server is down", (all) => all[server] !== undefined && !isUp(all[server])),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** The servers of the backend, out of HAProxy's CSV. */
export function parseStats(csv: string): ServerStats[] {
  const [head = "", ...lines] = csv.trim().split("\n");
  const columns = head.replace(/^# /, "").split(",");
  const rows = lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ""]));
  });
  return SERVERS.flatMap((name) => {
    const row = rows.find(({ pxname, svname }) => pxname === "onepass" && svname === name);
    if (!row) return [];
    const { status = "", stot, wretr, wredis } = row;
    return [{ status, requests: Number(stot), retries: Number(wretr), redispatches: Number(wredis) }];
  });
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { CommandError } from "../../errors.js";
import { RULE_FILES } from "./files.js";

/** A series and its values over time, or at one moment. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970, and the value there. */
  readonly points: readonly (readonly [time: number, value: number])[];
}

export interface Range {
  /** Seconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** A real Prometheus of ours that scrapes one server and evaluates the rules that we ship. */
export interface Prometheus extends AsyncDisposable {
  /** @throws Error with what Prometheus says of the expression */
  query(expression: string, at: number): Promise<Series[]>;
  queryRange(expression: string, range: Range): Promise<Series[]>;
  /** Rules, and what is wrong with those that can't be evaluated. */
  rules(): Promise<{ readonly count: number; readonly faults: readonly string[] }>;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: unknown;
}
interface QueryData {
  readonly result: { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[];
}
interface RulesData {
  readonly groups: { rules: { name: string; health: string; lastError?: string }[] }[];
}

export const JOB = "onepass";
const SCRAPE_EVERY = "1s";
const READY_MS = 60_000;

/** target: `host:port`. key: of the scope `metrics`. @throws CommandError when there is no `prometheus`, or it does not start */
export async function startPrometheus(target: string, key: string): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), "onepass-prometheus-"));
  const config = join(folder, "prometheus.yml");
  await writeFile(config, stringify(configOf(target, key)));
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    "prometheus",
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
      "--log.level=error",
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const ended = once(child, "exit").catch((error: unknown) => [error]);
  const api = async (path: string, parameters: Record<string, string | number>): Promise<unknown> => {
    const query = new URLSearchParams(
      Object.entries(parameters).map(([name, value]): [string, string] => [name, `${value}`]),
    );
    const answer = (await (await fetch(`http://${address}/api/v1/${path}?${query.toString()}`)).json()) as Answer;
    if (answer.status !== "success") throw new Error(answer.error ?? answer.status);
    return answer.data;
  };
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const until = performance.now() + READY_MS;
  while (!(await fetch(`http://${address}/-/ready`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null || child.pid === undefined || performance.now() > until) {
      await stop();
      throw new CommandError("prometheus did not start: is it installed (Debian: prometheus)?");
    }
    await sleep(100);
  }
  return {
    query: async (query, time) => seriesOf(await api("query", { query, time })),
    queryRange: async (query, range) => seriesOf(await api("query_range", { query, ...range })),
    rules: async () => {
      const rules = ((await api("rules", {})) as RulesData).groups.flatMap((group) => group.rules);
      const faulty = rules.filter(({ health }) => health !== "ok");
      return {
        count: rules.length,
        faults: faulty.map(({ name, lastError, health }) => `${name}: ${lastError ?? health}`),
      };
    },
    [Symbol.asyncDispose]: stop,
  };
}

function configOf(target: string, key: string): object {
  return {
    global: { scrape_interval: SCRAPE_EVERY, scrape_timeout: SCRAPE_EVERY, evaluation_interval: "2s" },
    rule_files: RULE_FILES,
    scrape_configs: [{ job_name: JOB, authorization: { credentials: key }, static_configs: [{ targets: [target] }] }],
  };
}

function seriesOf(data: unknown): Series[] {
  return (data as QueryData).result.map(({ metric, value, values = value ? [value] : [] }) => ({
    labels: metric,
    points: values.map(([time, number]) => [time, Number(number)] as const),
  }));
}

async function freePort(): Promise<number> {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port } = holder.address() as AddressInfo;
  holder.close();
  return port;
}

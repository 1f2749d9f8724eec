import { mkdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname } from "node:path";
import type { Io } from "../../../cli/io.js";
import { startServer, untilLoaded } from "../../loadtest/server.js";
import { residentBytes } from "../../../resident.js";
import { quantileOf } from "../../../statistics/quantile.js";
import { fuzzHttp, type Plan, type Tally } from "./run.js";

export interface HttpFuzzOptions {
  readonly cases: number;
  readonly from: number;
  readonly seed: number;
  readonly warmUp: number;
  readonly connections: number;
  readonly json?: string | undefined;
}

/** The server's longest time for an answer: engines that write take a while for a long text, also on a busy machine. */
const TIMEOUT_MS = 120_000;
/** A caller who half-closes is taken to have left, so the slowest engine must have answered before. */
const PATIENCE = { quietMs: TIMEOUT_MS + 15_000, hangMs: TIMEOUT_MS + 45_000 };
/** Memory may be so much larger at the end than after the warm-up. */
const MOST_GROWTH = 1.05;
const SAMPLES = 40;
/** Of the samples at the beginning and at the end that are compared. */
const COMPARED = 8;
const MIB = 1_048_576;

/** Fuzzes a server of its own. Returns 0 when nothing was found and memory did not grow, 1 otherwise. */
export async function httpFuzzCommand(
  options: HttpFuzzOptions,
  { env, stdout, stderr, stop }: Pick<Io, "env" | "stdout" | "stderr" | "stop">,
): Promise<number> {
  const { cases, from, seed, warmUp, connections, json } = options;
  await using server = await startServer(settingsFor(env), 0, stop);
  await untilLoaded(server, stop);
  const usual = await usualAnswer(server.url);
  const port = Number(new URL(server.url).port);
  const plan: Omit<Plan, "seed" | "from" | "cases"> = { port, connections, patience: PATIENCE, stop };
  const startedAt = Date.now();

  // Caches fill and code is compiled: what that takes is no leak.
  await fuzzHttp({ ...plan, seed: seed + 1, from: 0, cases: warmUp });
  const memory: number[] = [];
  const every = Math.max(1, Math.floor(cases / SAMPLES));
  const told = async (tally: Tally) => {
    if (tally.cases % every !== 0) return;
    memory.push(await residentBytes(server.pid));
    stderr.write(
      `${tally.cases} of ${cases}, ${tally.findings.length} findings, ${Math.round(memory.at(-1)! / MIB)} MiB\n`,
    );
  };
  const tally = await fuzzHttp({ ...plan, seed, from, cases, told });
  const growth = quantileOf(memory.slice(-COMPARED), 0.5) / quantileOf(memory.slice(0, COMPARED), 0.5);
  const lives = !server.gone.aborted && (await usualAnswer(server.url)) === usual;
  const pass = tally.findings.length === 0 && tally.cases === cases && growth <= MOST_GROWTH && lives;
  const report = {
    command: `npm run fuzz:http -- --cases ${cases} --seed ${seed} --warm-up ${warmUp}`,
    date: new Date(startedAt).toISOString(),
    cpu: cpus()[0]?.model.trim(),
    node: process.versions.node,
    seconds: Math.round((Date.now() - startedAt) / 1000),
    pass,
    server_answers_as_before: lives,
    memory_growth: Math.round(growth * 1000) / 1000,
    memory_mib: memory.map((bytes) => Math.round(bytes / MIB)),
    ...tally,
  };
  if (json !== undefined) {
    await mkdir(dirname(json), { recursive: true });
    await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  }
  for (const finding of tally.findings.slice(0, 50)) stdout.write(`${JSON.stringify(finding)}\n`);
  stdout.write(
    `${tally.cases} exchanges, ${tally.answers} answers: ${tally.serverErrors} × 5xx, ${tally.hangs} hangs, ` +
      `${tally.findings.length} findings, memory ${growth.toFixed(3)} times. ${pass ? "Passed." : "FAILED."}\n`,
  );
  return pass ? 0 : 1;
}

/** Slow is not wrong here: whether answers come in time is the load test's question. */
function settingsFor(env: Io["env"]): Io["env"] {
  const [timeout, run] = [TIMEOUT_MS, TIMEOUT_MS - 1_000].map(String);
  return { ...env, ONEPASS_LOG_LEVEL: "fatal", ONEPASS_TIMEOUT_MS: timeout, ONEPASS_RUN_TIMEOUT_MS: run };
}

/** What a plain request is answered, but for what differs each time. */
async function usualAnswer(url: string): Promise<string> {
  const answer = await fetch(`${url}/classify`, {
    method: "POST",
    body: JSON.stringify({ text: "wake me up at nine on friday" }),
  });
  const { id: _id, timing_ms: _timing, ...rest } = (await answer.json()) as Record<string, unknown>;
  return JSON.stringify([answer.status, rest]);
}

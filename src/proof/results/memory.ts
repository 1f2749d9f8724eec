import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { bundleId, type Bundle } from "../../bundle/bundle.js";
import { environment } from "../evaluation/report.js";
import { requestBody } from "../loadtest/answer.js";
import { SENTENCES } from "../loadtest/sentences.js";
import { startServer, untilLoaded, type Server } from "../loadtest/server.js";
import { residentBytes } from "../../resident.js";
import { TASK_NAMES } from "../../tasks/task.js";
import { bundleSha256 } from "./accuracy.js";
import { ResultsError } from "./errors.js";
import type { MemoryRecord } from "./store.js";
import type { System } from "./systems.js";

/** Sentences of every length, enough for every buffer to have been used. */
export const WARM_UP = SENTENCES.filter((_, i) => i % 3 === 0);

/** The settings of a server that has one bundle and nothing to fall back on; what else is set stays. */
function settingsFor({ folder, manifest: { name } }: Bundle, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    ONEPASS_MODELS_DIR: dirname(folder),
    ONEPASS_MODELS: name,
    ONEPASS_DEFAULT_MODEL: name,
    ONEPASS_FALLBACK_MODEL: "none",
  };
}

async function filesBytes(bundle: Bundle): Promise<number> {
  const files = Object.keys(bundle.manifest.files).map((file) => stat(bundle.path(file)));
  return (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
}

async function fetched(url: string, init: RequestInit): Promise<void> {
  const answer = await fetch(url, init);
  const body = await answer.text();
  if (!answer.ok) throw new ResultsError(`${url} answered ${answer.status}: ${body}`);
}

/** Asks for all that the bundle answers, one sentence after the other. */
async function warmUp({ url }: Server, { engine, label }: System, bundle: Bundle, signal: AbortSignal): Promise<void> {
  const tasks = TASK_NAMES.filter((task) => bundle.manifest.tasks[task]);
  for (const text of WARM_UP) {
    const body = requestBody(text, tasks, { label, engine, model: bundleId(bundle) });
    const headers = { "content-type": "application/json" };
    await fetched(`${url}/classify`, { method: "POST", body, headers, signal });
  }
}

/**
 * Starts a server with the system's bundle alone, warms it through the system's engine and reads its memory.
 * @throws ResultsError, LoadTestError, ServerGoneError; the reason of `stop` when that is aborted
 */
export async function measureMemory(
  system: System,
  bundle: Bundle,
  env: NodeJS.ProcessEnv,
  stop: AbortSignal,
): Promise<MemoryRecord> {
  await using server = await startServer(settingsFor(bundle, env), 0, stop);
  const signal = AbortSignal.any([stop, server.gone]);
  await untilLoaded(server, signal);
  await warmUp(server, system, bundle, signal);
  return {
    system: system.label,
    bundle: bundleId(bundle),
    bundle_sha256: await bundleSha256(bundle.folder),
    files_bytes: await filesBytes(bundle),
    requests: WARM_UP.length,
    resident_bytes: await residentBytes(server.pid),
    environment: environment(),
  };
}

import autocannon from "autocannon";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { runningServer, untilLoaded } from "../loadtest/server.js";
import { PACKAGE_VERSION } from "../../package.js";
import { OptionError, ProfileError } from "./errors.js";
import { cutProfile, flameOf } from "./flame.js";
import type { Options } from "./options.js";
import { profilePage, type Facts } from "./page.js";
import { startProfiled, type ProfiledServer } from "./server.js";

const WARM_UP_S = 2;
/** Frames of less than this part of the work are too thin to see. */
const LEAST = 0.0005;

/** Profiles a server under a closed loop and writes the page. @throws ProfileError */
export async function profile(options: Options, env: NodeJS.ProcessEnv): Promise<string> {
  await writeFile(options.out, "").catch((cause: unknown) => {
    throw new OptionError(`--out: ${options.out} can't be written`, { cause });
  });
  await using server = await startProfiled(env);
  await untilLoaded({ ...runningServer(server.url), gone: server.gone }, server.gone);
  await load(server, options, Math.min(WARM_UP_S, options.seconds));
  const from = microseconds();
  const requests = await load(server, options, options.seconds);
  const to = microseconds();
  const flame = flameOf(cutProfile(await server.profile(), from, to), LEAST);
  const perRequest = (us: number) => `${(us / 1000 / requests).toFixed(3)} ms a request`;
  const facts: Facts = [
    [
      "Asked for",
      `${options.engine}${options.model === undefined ? "" : ` of ${options.model}`}, ${options.tasks.join(", ")}: “${options.text}”`,
    ],
    ["Load", `${options.clients} client(s) for ${options.seconds} s: ${requests} answers`],
    ["Main thread", `works ${perRequest(flame.busy)}, waits ${perRequest(flame.idle)}`],
    ["Where", `onepass ${PACKAGE_VERSION}, Node ${process.versions.node}, ${cpus()[0]?.model ?? "unknown processor"}`],
  ];
  const library = createRequire(import.meta.url).resolve("echarts/dist/echarts.min.js");
  await writeFile(options.out, profilePage(flame, facts, requests, await readFile(library, "utf8")));
  return facts.map(([name, value]) => `${name}: ${value}`).join("\n");
}

/** Returns how many requests were answered. @throws ProfileError with the first answer that is none */
async function load(
  { url, gone }: ProfiledServer,
  { engine, model, tasks, text, clients }: Options,
  seconds: number,
): Promise<number> {
  const body = JSON.stringify({ text, tasks, engine, ...(model !== undefined && { model }), fallback: "never" });
  const answer = await fetch(`${url}/classify`, { method: "POST", body, signal: gone });
  if (!answer.ok) throw new ProfileError(`the server answered ${answer.status}: ${await answer.text()}`);
  await answer.body?.cancel();
  const result = await autocannon({
    url: `${url}/classify`,
    method: "POST",
    body,
    connections: clients,
    duration: seconds,
  });
  gone.throwIfAborted();
  if (result.non2xx > 0 || result.errors > 0) {
    throw new ProfileError(`${result.non2xx + result.errors} of ${result.requests.total} requests failed`);
  }
  return result.requests.total;
}

/** On the clock of the profile. */
function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

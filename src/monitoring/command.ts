import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { PACKAGE_ROOT } from "../package.js";
import { checkDashboard } from "./check.js";
import { drawDashboard } from "./picture.js";

const USAGE = `Runs every query of the Grafana dashboard, and every rule, against a real Prometheus that scrapes a server of ours under load.

npm run dashboard:check -- [--seconds N] [--svg FILE]

  --seconds N   how long the load lasts (120)
  --svg FILE    draws the panels of what was found (docs/images/dashboard.svg)

ONEPASS_* variables are the server's. It wants prometheus on the path, and Linux.`;

const SECONDS = { usual: 120, least: 10, most: 3600 };
const PICTURE = "docs/images/dashboard.svg";

/** Returns the exit code: 1 when a query or a rule has a fault, 2 when it could not be asked. */
export async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  if (typeof options === "string") {
    console.error(options);
    return options === USAGE ? 0 : 2;
  }
  const interrupted = new AbortController();
  process.once("SIGINT", () => {
    interrupted.abort();
  });
  const result = await checkDashboard(process.env, options.seconds, interrupted.signal);
  for (const fault of result.faults) console.error(`FAULT ${fault}`);
  const file = resolve(PACKAGE_ROOT, options.svg);
  await mkdir(dirname(file), { recursive: true });
  const picture = drawDashboard(result.panels);
  await writeFile(file, picture);
  console.log(`requests by status: ${JSON.stringify(result.statuses)}`);
  console.log(`picture: ${options.svg}, ${Math.round(picture.length / 1024)} KiB`);
  console.log(`${result.queries} queries, ${result.rules} rules, ${result.faults.length} faults`);
  return result.faults.length === 0 ? 0 : 1;
}

function parse(args: readonly string[]): { seconds: number; svg: string } | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string", default: `${SECONDS.usual}` },
        svg: { type: "string", default: PICTURE },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) return USAGE;
    const seconds = Number(values.seconds);
    if (!Number.isInteger(seconds) || seconds < SECONDS.least || seconds > SECONDS.most) {
      return `--seconds: a whole number from ${SECONDS.least} to ${SECONDS.most}`;
    }
    return { seconds, svg: values.svg };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

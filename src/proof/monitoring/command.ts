import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { PACKAGE_ROOT } from "../../package.js";
import type { Surroundings } from "../surroundings.js";
import { checkDashboard } from "./check.js";
import { drawDashboard } from "./picture.js";

export interface DashboardCheckOptions {
  /** How long the load lasts. */
  readonly seconds: number;
  /** Where the panels are drawn; a relative path starts at the package's folder. */
  readonly svg: string;
}

/** Returns whether every query and every rule is sound and has something to show. */
export async function dashboardCheckCommand(
  { seconds, svg }: DashboardCheckOptions,
  { env, stop, stdout, stderr }: Surroundings,
): Promise<boolean> {
  const result = await checkDashboard(env, seconds, stop);
  for (const fault of result.faults) stderr.write(`FAULT ${fault}\n`);
  const file = resolve(PACKAGE_ROOT, svg);
  await mkdir(dirname(file), { recursive: true });
  const picture = drawDashboard(result.panels);
  await writeFile(file, picture);
  stdout.write(`requests by status: ${JSON.stringify(result.statuses)}\n`);
  stdout.write(`picture: ${svg}, ${Math.round(picture.length / 1024)} KiB\n`);
  stdout.write(`${result.queries} queries, ${result.rules} rules, ${result.faults.length} faults\n`);
  return result.faults.length === 0;
}

import { access, constants, mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { STDOUT } from "../evaluation/json-file.js";
import { readableJson } from "../evaluation/report.js";
import { LoadTestError } from "./errors.js";
import { tables } from "./markdown.js";
import type { Options } from "./options.js";
import type { Report } from "./report.js";

type Files = Pick<Options, "json" | "html" | "markdown">;

/** Tells before the work and not after that a report can't be written. @throws LoadTestError */
export async function makeRoom({ json, html, markdown }: Files): Promise<void> {
  for (const file of [json === STDOUT ? undefined : json, html, markdown].filter((name) => name !== undefined)) {
    try {
      await mkdir(dirname(file), { recursive: true });
      await access(dirname(file), constants.W_OK);
    } catch (cause) {
      throw new LoadTestError(`${file} can't be written: ${String(cause)}`, { cause });
    }
  }
}

/** Writes the files that are wanted. Returns what stdout is to have: the tables, or JSON where `--json -` asks for it. */
export async function writeReport(report: Report, { json, html, markdown }: Files): Promise<string> {
  const told = tables(report);
  if (json !== undefined && json !== STDOUT) await writeFile(json, readableJson(report));
  if (markdown !== undefined) await writeFile(markdown, told);
  if (html !== undefined) {
    const { page } = await import("./html/page.js"); // the plotting library takes a second to load
    await writeFile(html, page(report));
  }
  return json === STDOUT ? readableJson(report) : told;
}

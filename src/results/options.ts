import { parseArgs } from "node:util";
import { ResultsError } from "./errors.js";
import { SETS, SYSTEMS } from "./systems.js";

export const USAGE = `Measures accuracy and memory of every system and writes the page of results.

npm run results -- [options]

  --data DIR      the data sets, ../shared/data by default
  --out DIR       where the JSON files are kept, docs/results by default; the page stands beside it, as DIR.md
  --only LIST     of ${SYSTEMS.map(({ label }) => label).join(",")}: measure these, and again
  --sets LIST     of ${SETS.map(({ name }) => name).join(",")}: score these sets alone
  --sample N      rows of each set for the systems that write their answers, which is slow; without it every row of
                  MASSIVE and 100 posts
  --limit N       the first N rows of each set, to try it out; needs an --out of its own
  --render        measure nothing, write the page from the JSON files

What has been measured with the same bundle, data and options is not measured again. Latency is measured by
npm run loadtest -- --json docs/results/loadtest.json

Exit codes: 0 done, 1 a system failed, 2 bad options or data, 130 interrupted (what was done is kept).`;

export interface Options {
  readonly data: string;
  readonly out: string;
  /** Labels; absent: every system that is not up to date. */
  readonly only?: readonly string[];
  /** Names; absent: every set. */
  readonly sets?: readonly string[];
  readonly sample?: number;
  readonly limit?: number;
  readonly render: boolean;
}

const FLAGS = {
  data: { type: "string", default: "../shared/data" },
  out: { type: "string" },
  only: { type: "string" },
  sets: { type: "string" },
  sample: { type: "string" },
  limit: { type: "string" },
  render: { type: "boolean", default: false },
  help: { type: "boolean", short: "h" },
} as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS }).values;
  } catch (cause) {
    throw new ResultsError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function positive(flag: string, value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new ResultsError(`--${flag}: "${value}" is no whole number above 0`);
  return Number(value);
}

function names(flag: string, list: string, known: readonly string[]): string[] {
  return list.split(",").map((part) => {
    const name = part.trim();
    if (known.includes(name)) return name;
    throw new ResultsError(`--${flag}: "${name}" is unknown; known are ${known.join(", ")}`);
  });
}

/**
 * @returns "help" when that is asked for.
 * @throws ResultsError that names the option at fault.
 */
export function parseOptions(args: readonly string[]): Options | "help" {
  const { help, data, out, only, sets, sample, limit, render } = parse(args);
  if (help) return "help";
  if (limit !== undefined && out === undefined) {
    throw new ResultsError(
      "--limit: is to try it out; name a folder with --out, so that no whole result is overwritten",
    );
  }
  return {
    data,
    out: out ?? "docs/results",
    render,
    ...(only !== undefined && {
      only: names(
        "only",
        only,
        SYSTEMS.map(({ label }) => label),
      ),
    }),
    ...(sets !== undefined && {
      sets: names(
        "sets",
        sets,
        SETS.map(({ name }) => name),
      ),
    }),
    ...(sample !== undefined && { sample: positive("sample", sample) }),
    ...(limit !== undefined && { limit: positive("limit", limit) }),
  };
}

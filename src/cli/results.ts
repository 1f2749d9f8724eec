import type { Options } from "../proof/results/options.js";
import { SETS, SYSTEMS } from "../proof/results/systems.js";
import { PACKAGE_ROOT } from "../package.js";
import { defineCommand, UsageError } from "./command.js";
import { listOf, oneOf, whole } from "./values.js";

const LABELS = SYSTEMS.map(({ label }) => label);
const SET_NAMES = SETS.map(({ name }) => name);

export const results = defineCommand({
  name: "results",
  summary: "Measures accuracy and memory of every system and writes the page of results.",
  description:
    "What has been measured with the same bundle, data and options is not measured again, and what was done is kept when it is " +
    "interrupted. Latency is measured by `onepass loadtest --json docs/results/loadtest.json`.",
  audience: "developers",
  failure: "a system failed",
  define: (command) =>
    command
      .option("--data <dir>", "the data sets", "../shared/data")
      .option("--out <dir>", "where the JSON is kept, docs/results by default; the page stands beside it, as DIR.md")
      .option("--only <list>", `of ${LABELS.join(",")}: measure these, and again`, listOf(oneOf(LABELS)))
      .option("--sets <list>", `of ${SET_NAMES.join(",")}: score these sets alone`, listOf(oneOf(SET_NAMES)))
      .option(
        "--sample <n>",
        "rows of each set for the systems that write their answers, which is slow; by default every row of MASSIVE, 100 posts",
        whole(1),
      )
      .option("--limit <n>", "the first N rows of each set, to try it out; needs an --out of its own", whole(1))
      .option("--render", "measure nothing, write the page from the JSON files", false),
  read({ out, ...given }): Options {
    if (given.limit !== undefined && out === undefined) {
      throw new UsageError(
        "--limit: is to try it out; name a folder with --out, so that no whole result is overwritten",
      );
    }
    return { ...given, out: out ?? "docs/results" };
  },
  async run(options, { env, stop, stdout, stderr }) {
    const { resultsCommand } = await import("../proof/results/command.js");
    const { openerFor } = await import("../proof/evaluation/open.js");
    const { measureMemory } = await import("../proof/results/memory.js");
    return resultsCommand(options, {
      root: PACKAGE_ROOT,
      open: openerFor(env),
      memory: (system, bundle, stopped) => measureMemory(system, bundle, env, stopped),
      ...{ stop, stdout, stderr },
    });
  },
});

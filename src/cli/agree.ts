import type { AgreeOptions, AgreeRuntime } from "../proof/evaluation/agree-command.js";
import { defineCommand, UsageError } from "./command.js";
import { listOf, oneOf, repeated, text, whole } from "./values.js";

const RUNTIMES: readonly AgreeRuntime[] = ["auto", "llama", "onnx"];

export const agree = defineCommand({
  name: "agree",
  summary:
    "Asks two bundles, or one bundle on two runtimes, the same rows: how often they agree, and what each scores.",
  examples: ["agree --bundle models/onepass-en --runtimes onnx,llama --data dev.jsonl"],
  audience: "developers",
  define: (command) =>
    command
      .requiredOption("--bundle <dir>", "the bundle's folder")
      .option("--against <dir>", "the folder of another bundle; the same by default")
      .option(
        "--runtimes <list>",
        `of the two bundles: ${RUNTIMES.join(" | ")}, one for both or two`,
        listOf(oneOf(RUNTIMES)),
      )
      .requiredOption("--data <file>", ".jsonl or .jsonl.gz, one row a line; may be repeated", repeated(text))
      .option("--limit <n>", "read the first N rows of each file", whole(1))
      .option("--json <file>", "write the figures there; - prints them instead"),
  read({ against, runtimes, ...given }): AgreeOptions {
    const [first = "auto", second = first, ...more] = runtimes ?? [];
    if (more.length > 0) throw new UsageError("--runtimes: takes one or two, as in onnx,llama");
    const other = against ?? given.bundle;
    if (other === given.bundle && first === second) {
      throw new UsageError("--against or --runtimes is missing: a bundle agrees with itself");
    }
    return { ...given, against: other, runtimes: [first, second] };
  },
  async run(options, { env, stop, stdout, stderr }) {
    const { agreeCommand } = await import("../proof/evaluation/agree-command.js");
    const { openerFor } = await import("../proof/evaluation/open.js");
    const open = (bundle: string, runtime: AgreeRuntime) => openerFor({ ...env, ONEPASS_RUNTIME: runtime })({ bundle });
    return agreeCommand(options, { open, stop, stdout, stderr });
  },
});

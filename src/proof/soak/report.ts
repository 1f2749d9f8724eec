import type { Environment } from "../evaluation/report.js";
import type { Commit } from "../loadtest/environment.js";
import { MOST_GROWTH, passes, type SoakResult } from "./soak.js";

export interface SoakedSystem extends SoakResult {
  readonly model: string;
  readonly passed: boolean;
  readonly made: string;
  readonly environment: Environment;
  readonly commit?: Commit;
}

/** By label of the target. A run of one engine leaves what is known of the others. */
export type SoakReport = Readonly<Record<string, SoakedSystem>>;

const KIB = 1024;
const MIB = 2 ** 20;

/** The report in Markdown. */
export function soakTable(report: SoakReport): string {
  const rows = Object.entries(report).map(([label, soaked]) => {
    const { model, texts, complete, errors, samples, bytes_per_1000_texts: slope, passed } = soaked;
    const last = samples.at(-1)?.[1];
    return [
      `\`${label}\``,
      model,
      `${texts}${complete ? "" : " (cut)"}`,
      errors,
      last === undefined ? "–" : (last / MIB).toFixed(0),
      slope === null ? "–" : (slope / KIB).toFixed(1),
      passed ? "met" : "**missed**",
    ];
  });
  const head = ["engine", "model", "texts", "errors", "MiB at the end", "KiB per 1,000 texts"];
  return [
    `| ${[...head, `≤ ${MOST_GROWTH / KIB}, no error`].join(" | ")} |`,
    `|---|---|${"---:|".repeat(head.length - 2)}---|`,
    ...rows.map((row) => `| ${row.join(" | ")} |`),
    "",
  ].join("\n");
}

export function systemOf(
  result: SoakResult,
  rest: Pick<SoakedSystem, "model" | "made" | "environment" | "commit">,
): SoakedSystem {
  return { ...result, ...rest, passed: passes(result) };
}

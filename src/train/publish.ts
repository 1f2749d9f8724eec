import { cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { environment, readableJson } from "../proof/evaluation/report.js";
import type { Judged } from "./judge.js";
import type { TrainReport } from "./report.js";

/** Puts the report beside a bundle, in both forms, and what its card tells: figures without texts, as `onepass evaluate` writes them. */
export async function writeReport(folder: string, report: TrainReport, judged: readonly Judged[]): Promise<void> {
  await mkdir(join(folder, "evaluation"), { recursive: true });
  for (const [i, { model, engine, scores }] of judged.entries()) {
    const { split } = report.judged[i]!;
    const { outcomes: _, ...data } = scores;
    const evaluation = {
      data: [{ ...data, file: `own/${split}.jsonl` }],
      bundle: model,
      engine,
      environment: environment(),
      options: {},
    };
    await writeFile(join(folder, "evaluation", `${split}.json`), readableJson(evaluation));
  }
  await writeFile(join(folder, "report.json"), readableJson(report));
  const { trainPage } = await import("./page.js"); // the plotting library takes a second to load
  await writeFile(join(folder, "report.html"), trainPage(report));
}

/** Gives a bundle its place, whole or not at all; the cache that it was made in may lie on another disk. */
export async function publish(from: string, to: string): Promise<void> {
  const partial = `${to}.partial`;
  await mkdir(dirname(to), { recursive: true });
  await rm(partial, { recursive: true, force: true });
  await cp(from, partial, { recursive: true });
  await rm(to, { recursive: true, force: true });
  await rename(partial, to);
}

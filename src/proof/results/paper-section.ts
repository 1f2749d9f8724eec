import type { MeasureName } from "../evaluation/measures.js";
import { completeOn, fileOf, scoreOf } from "./scores.js";
import type { AccuracyRecord, MemoryRecord, Results } from "./store.js";
import { SETS, SYSTEMS } from "./systems.js";
import { markdownTable, mebibytes, percent } from "./tables.js";

/** The only figures of arXiv 2412.08587v2 that are known here, in per cent. */
export const PAPER = { topic: 91.9, groups: 96.5, intent: 90.8, f1: 86.0 } as const satisfies Partial<
  Record<MeasureName, number>
>;

const MEASURES = ["topic", "groups", "intent", "f1"] as const;
const HEADER = ["", "20NG, 20 topics", "20NG, 7 groups", "MASSIVE intent", "MASSIVE slot F1"];

/** A system's scores in the order of the columns; undefined when it has none of them. */
function ownRow(label: string, records: readonly AccuracyRecord[]): string[] | undefined {
  const files = SETS.flatMap((set) => completeOn(set, records).filter(({ system }) => system === label)).map(fileOf);
  const scores = MEASURES.map((measure) => files.map((file) => scoreOf(file, measure)).find(Boolean));
  if (scores.every((score) => score === undefined)) return undefined;
  return [`\`${label}\`, here`, ...scores.map((score) => (score ? percent(score.value) : ""))];
}

function sizeOf(memory: readonly MemoryRecord[]): string {
  const decoder = memory.find(({ system }) => system === "single-pass");
  return decoder ? `; the files of \`${decoder.bundle}\` have ${mebibytes(decoder.files_bytes)} MiB` : "";
}

export function paperSection({ accuracy, memory }: Results): string {
  const own = SYSTEMS.filter(({ kind }) => kind === "consolidated").flatMap(({ label }) => {
    const row = ownRow(label, accuracy);
    return row ? [row] : [];
  });
  const paper = ["Llama3-70B, fully fine-tuned, the paper", ...MEASURES.map((measure) => PAPER[measure].toFixed(1))];
  return `## The paper

*Advancing Single and Multi-task Text Classification through Large Language Model Fine-tuning* (arXiv 2412.08587v2) says that consolidated
decoders match a dual-model set-up in both tasks on both data sets, at reduced latency; it prints no latency. Four of its
figures are known here, from summaries of it, and no other row of its tables is printed. Per cent; the rows of this project
are those of the tables above, made by \`npm run results\`.

${markdownTable(HEADER, [paper, ...own])}

The rows are not to be compared as if they differed in one thing:

- **Size.** 70 billion parameters there${sizeOf(memory)}.
- **Scorer.** A slot counts here when its name and both of its ends are right, micro-averaged over all spans as seqeval does. How the
  paper counts is not known.
- **Split.** Here MASSIVE's dev part, and of 20 Newsgroups (bydate) the last tenth of each group's train posts by number, headers kept. Which
  rows the paper scored is not known.`;
}

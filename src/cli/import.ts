import type { Imported, ImportOptions } from "../data/import.js";
import { faultText, type Fault } from "../data/place.js";
import { FORMATS } from "../data/readers/reader.js";
import { defineCommand, EXIT } from "./command.js";
import type { Io } from "./io.js";
import { decimal, oneOf, repeated, seed, text } from "./values.js";

/** On a screen; `--json` has them all. */
const SHOWN_FAULTS = 20;

interface Options extends ImportOptions {
  readonly out?: string | undefined;
  readonly skipFaulty: boolean;
  readonly json: boolean;
}

export const importCommand = defineCommand({
  name: "import",
  summary: "Turns data of other tools into the rows that onepass trains on, with a report of what would hurt a model.",
  description:
    "Rasa NLU YAML, CoNLL BIO, MASSIVE, CSV (text,intent) and our own JSON Lines; docs/data-format.md. Every fault of every file is " +
    "told, with line and column, and nothing is written while there is one, unless --skip-faulty.",
  examples: ["import data/nlu.yml --split 0.1 --out data/mine", "import train.conll --dev dev.conll --out data/mine"],
  define: (command) =>
    command
      .argument("<files...>", "files or folders, of train unless their rows say otherwise")
      .option("--dev <file>", "a file or folder whose rows are of dev; may be repeated", repeated(text))
      .option("--test <file>", "the same of test", repeated(text))
      .option("--format <name>", `${FORMATS.join(" | ")}; by default what the file's name says`, oneOf(FORMATS))
      .option("--roles", "Rasa's roles become part of a slot's name: city.departure", false)
      .option("--split <share>", "cut that share of every label's train rows for dev, as 0.1", decimal(0.001, 0.9))
      .option("--seed <n>", "of the cut", seed, 0)
      .option("--out <dir>", "write train.jsonl, dev.jsonl, report.html and report.json there; without it, only check")
      .option("--skip-faulty", "leave faulty rows out instead of stopping", false)
      .option("--json", "print the report, faults and notes as JSON", false),
  read: ({ split, dev = [], test = [], ...given }, files): Options => ({ ...given, files, dev, test, share: split }),
  async run(options, io) {
    const { importData, writeImported } = await import("../data/import.js");
    const imported = await importData(options);
    const stops = imported.faults.length > 0 && !options.skipFaulty;
    const { out } = options;
    const written = out === undefined || stops ? [] : await writeImported(imported, out, options.files.join(", "));
    tell(imported, written, options, io);
    return stops ? EXIT.badInput : EXIT.done;
  },
});

function tell(imported: Imported, written: readonly string[], { json, skipFaulty }: Options, io: Io): void {
  const { faults, notes, report } = imported;
  if (json) {
    io.stdout.write(`${JSON.stringify({ ...report, faults, notes, written }, null, 2)}\n`);
    return;
  }
  for (const note of notes) io.stderr.write(`${note}\n`);
  if (faults.length > 0) {
    const what = skipFaulty ? "left out" : "Nothing was written. Mend them, or leave them out with --skip-faulty";
    io.stderr.write(
      `${faultsText(faults)}\n${faults.length === 1 ? "1 fault" : `${faults.length} faults`}: ${what}.\n`,
    );
  }
  const splits = Object.entries(report.rows).map(([split, rows]) => `${split} ${rows}`);
  io.stdout.write(`rows: ${splits.join(", ") || 0}; ${report.intents.length} intents, ${report.slots.length} slots\n`);
  for (const { weight, message, cases } of report.findings) {
    const told = cases.slice(0, 3).map((one) => `    ${one}\n`);
    const more = cases.length > told.length ? `    and ${cases.length - told.length} more\n` : "";
    io.stdout.write(`  ${weight === "serious" ? "!" : "-"} ${cases.length}: ${message}\n${told.join("")}${more}`);
  }
  for (const file of written) io.stdout.write(`written: ${file}\n`);
}

/** The first faults, a line each, and how many more there are. */
function faultsText(faults: readonly Fault[]): string {
  const more = faults.length > SHOWN_FAULTS ? `\nand ${faults.length - SHOWN_FAULTS} more` : "";
  return faults.slice(0, SHOWN_FAULTS).map(faultText).join("\n") + more;
}

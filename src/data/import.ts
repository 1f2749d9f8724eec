import { existsSync } from "node:fs";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { seeded } from "../statistics/random.js";
import { ImportError } from "./errors.js";
import type { Fault } from "./place.js";
import { readData } from "./readers/formats.js";
import type { Format } from "./readers/reader.js";
import { dataReport, type DataReport } from "./report.js";
import { makeRow, SPLITS, type Annotated, type Made, type Split } from "./row.js";
import { byChance, cutDev } from "./split.js";

export interface ImportOptions {
  /** Files, or folders of them. */
  readonly files: readonly string[];
  /** Files whose rows are of dev, or of test. */
  readonly dev: readonly string[];
  readonly test: readonly string[];
  readonly format?: Format | undefined;
  readonly roles: boolean;
  /** Of the train rows, cut for dev. */
  readonly share?: number | undefined;
  readonly seed: number;
}

export interface Imported {
  readonly rows: readonly Made[];
  readonly faults: readonly Fault[];
  readonly notes: readonly string[];
  readonly report: DataReport;
}

/** Reads, checks, cuts and reports. Faults of rows are collected. @throws ImportError for a file that can't be read */
export async function importData(options: ImportOptions): Promise<Imported> {
  const faults: Fault[] = [];
  const notes: string[] = [];
  let rows: Made[] = [];
  const ids = new Set<string>();
  for (const split of SPLITS) {
    for (const file of await filesIn(split === "train" ? options.files : options[split])) {
      const read = await readData(file, options.format, options);
      faults.push(...read.faults);
      notes.push(...read.notes);
      for (const annotated of read.rows) add(annotated, split);
    }
  }
  if (rows.length === 0 && faults.length === 0) throw new ImportError("the files hold no rows");
  if (options.share !== undefined) {
    if (rows.some(({ row }) => row.split === "dev")) {
      throw new ImportError("--split: the data has rows of dev already; leave --split out to keep them");
    }
    rows = cutDev(rows, options.share, byChance(seeded(options.seed)));
  }
  faults.sort((a, b) => (a.place.file === b.place.file ? a.place.line - b.place.line : 0));
  return { rows, faults, notes, report: dataReport(rows) };

  function add(annotated: Annotated, split: Split): void {
    const { file, line, column } = annotated.place;
    const usual = `${file}:${line}`;
    // The split that a row names counts in files that are nobody's in particular.
    const own = split === "train" ? annotated : { ...annotated, split };
    const made = makeRow(own, { id: ids.has(usual) ? `${usual}:${column}` : usual, split });
    if (!("row" in made)) faults.push(made);
    else if (ids.has(made.row.id)) faults.push({ place: made.place, message: `the id ${made.row.id} occurs twice` });
    else {
      ids.add(made.row.id);
      rows.push(made);
    }
  }
}

const DATA = /\.(ya?ml|csv|tsv|conll|bio|iob2?|txt|jsonl|ndjson|json)(\.gz)?$/i;

/** Files as they are; of folders, those that look like data, by name. */
async function filesIn(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if (!existsSync(path)) throw new ImportError(`${path}: there is no such file or folder`);
    if (!(await stat(path)).isDirectory()) files.push(path);
    else {
      const names = (await readdir(path, { recursive: true })).filter((name) => DATA.test(name)).sort();
      if (names.length === 0) throw new ImportError(`${path}: holds no data files`);
      files.push(...names.map((name) => join(path, name)));
    }
  }
  return files;
}

/** Writes a JSON Lines file a split, and the report in two forms. Returns the files. @throws ImportError */
export async function writeImported({ rows, report }: Imported, out: string, name: string): Promise<string[]> {
  const files: string[] = [];
  const write = async (file: string, content: string) => {
    await writeFile(join(out, file), content);
    files.push(join(out, file));
  };
  try {
    await mkdir(out, { recursive: true });
    for (const split of SPLITS) {
      const own = rows.filter(({ row }) => row.split === split);
      if (own.length > 0) await write(`${split}.jsonl`, own.map(({ row }) => `${JSON.stringify(row)}\n`).join(""));
    }
    const { dataPage } = await import("./page.js"); // the plotting library takes a second to load
    await write("report.html", dataPage(report, name));
    await write("report.json", `${JSON.stringify(report, null, 2)}\n`);
    return files;
  } catch (cause) {
    throw new ImportError(`--out: ${out} can't be written: ${String(cause)}`, { cause });
  }
}

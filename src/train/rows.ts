import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { importData } from "../data/import.js";
import { faultText } from "../data/place.js";
import { SPLITS, type Made, type Row, type Split } from "../data/row.js";
import { byHash, cutDev } from "../data/split.js";
import { TASK_NAMES, type TaskName } from "../tasks/task.js";
import { TrainError } from "./errors.js";
import type { DataOptions } from "./options.js";

/** Rows to train on and to judge by. */
export interface Prepared {
  readonly rows: Readonly<Record<Split, readonly Row[]>>;
  /** What train can teach. */
  readonly tasks: readonly TaskName[];
  /** The intent that stands for none of the others. */
  readonly reject: string | undefined;
  /** What whoever trains should know. */
  readonly notes: readonly string[];
}

const SHOWN_FAULTS = 10;
const LEAST_ROWS = 10;

/** How people call the intent that stands for none of the others, in lower case without what joins words. */
const REJECTS: ReadonlySet<string> = new Set(["oos", "outofscope", "outofdomain"]);
const plain = (label: string): string => label.toLowerCase().replace(/[\s_-]/g, "");

/** Reads, checks and cuts. @throws TrainError, ImportError */
export async function prepareRows(options: DataOptions): Promise<Prepared> {
  const { dev, test, seed } = options;
  const imported = await importData({ files: options.files.flatMap(ownFiles), dev, test, seed, roles: false });
  const { faults } = imported;
  if (faults.length > 0) {
    const more = faults.length > SHOWN_FAULTS ? `\nand ${faults.length - SHOWN_FAULTS} more` : "";
    throw new TrainError(
      `${faults.slice(0, SHOWN_FAULTS).map(faultText).join("\n")}${more}\nMend them, or let onepass import --skip-faulty leave them out.`,
    );
  }
  const notes = [...imported.notes];
  const cut = imported.rows.some(({ row }) => row.split === "dev")
    ? imported.rows
    : cutDev(imported.rows, options.share, byHash(seed));
  const rows = splitRows(cut);
  const tasks = TASK_NAMES.filter((task) => labelsOf(rows.train, task).size > 0);
  const taught = { ...rows, train: rows.train.filter((row) => tasksOf(row, tasks).length > 0) };
  note(notes, rows.train.length - taught.train.length, "rows of train have no label, and are left out");
  const intents = labelsOf(taught.train, "intent");
  const reject = options.outOfScope ?? [...intents].find((label) => REJECTS.has(plain(label)));
  check(taught, tasks, options.outOfScope);
  return { rows: taught, tasks, reject, notes };
}

/** Of a folder that `onepass import` made, its rows and not its report; anything else as it is. */
function ownFiles(path: string): string[] {
  const made = SPLITS.flatMap((split) => [`${split}.jsonl`, `${split}.jsonl.gz`]).map((name) => join(path, name));
  const there = made.filter((file) => existsSync(file));
  return there.length > 0 ? there : [path];
}

function splitRows(made: readonly Made[]): Record<Split, Row[]> {
  const rows: Record<Split, Row[]> = { train: [], dev: [], test: [] };
  for (const { row } of made) rows[row.split].push(row);
  return rows;
}

/** Labels of a task; slots by name. */
function labelsOf(rows: readonly Row[], task: TaskName): Set<string> {
  return new Set(rows.flatMap((row) => (task === "slots" ? row.entities.map(({ type }) => type) : (row[task] ?? []))));
}

/** Where slots are learnt, a row without any says that there are none. */
const tasksOf = (row: Row, tasks: readonly TaskName[]): TaskName[] =>
  tasks.filter((task) => task === "slots" || row[task] !== undefined);

function check({ train, dev }: Prepared["rows"], tasks: readonly TaskName[], outOfScope: string | undefined): void {
  if (tasks.length === 0) throw new TrainError("The rows of train have neither intent nor topic nor slot.");
  if (train.length < LEAST_ROWS) {
    throw new TrainError(`${train.length} rows of train are too few: ${LEAST_ROWS} at least, better 10 a label.`);
  }
  for (const task of tasks) {
    const labels = labelsOf(train, task);
    if (task !== "slots" && labels.size < 2) {
      throw new TrainError(`All rows of train have the ${task} ${[...labels].join()}: there is nothing to tell apart.`);
    }
  }
  if (outOfScope !== undefined && !labelsOf(train, "intent").has(outOfScope)) {
    throw new TrainError(`--out-of-scope: no row of train has the intent "${outOfScope}"`);
  }
  const known = knownIn(train);
  if (!dev.some((row) => answerable(row, known))) {
    throw new TrainError(
      "No row could be set aside to judge the model by: give at least 5 examples of a label, or a file with --dev.",
    );
  }
}

function note(notes: string[], count: number, what: string): void {
  if (count > 0) notes.push(`${count} ${what}`);
}

type Known = Readonly<Record<TaskName, ReadonlySet<string>>>;

const knownIn = (rows: readonly Row[]): Known => ({
  intent: labelsOf(rows, "intent"),
  slots: labelsOf(rows, "slots"),
  topic: labelsOf(rows, "topic"),
});

/** Whether a model with these labels could be right about a row. */
function answerable(row: Row, known: Known): boolean {
  return TASK_NAMES.every((task) => [...labelsOf([row], task)].every((label) => known[task].has(label)));
}

/** Puts rows where `training.own` reads them. Rows of dev with labels that train has not are nothing to calibrate by. */
export async function writeRows(folder: string, { train, dev, test }: Prepared["rows"]): Promise<void> {
  const known = knownIn(train);
  await mkdir(join(folder, "own"), { recursive: true });
  const parts = { train, dev: dev.filter((row) => answerable(row, known)), "judge-dev": dev, "judge-test": test };
  for (const [name, rows] of Object.entries(parts)) {
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    await writeFile(fileOf(folder, name), await promisify(gzip)(lines));
  }
}

export const fileOf = (folder: string, name: string): string => join(folder, "own", `${name}.jsonl.gz`);

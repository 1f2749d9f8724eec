import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { readableJson, type Environment, type Report } from "../evaluation/report.js";
import { ResultsError } from "./errors.js";
import { LoadTest } from "./loadtest.js";
import { SETS, SYSTEMS } from "./systems.js";

/** `accuracy/LABEL.SET.json`: one system's report on one set, with outcomes, and what it was made from. */
export interface AccuracyRecord {
  readonly system: string;
  readonly set: string;
  /** Of the bundle's manifest, which holds the hashes of all of its files. */
  readonly bundle_sha256: string;
  readonly report: Report;
}

/** What a server holds that has loaded one bundle and answered requests of one engine. */
export interface MemoryRecord {
  readonly system: string;
  /** `name@version` */
  readonly bundle: string;
  readonly bundle_sha256: string;
  /** Of the files that the manifest lists: weights and tokenizer, as they lie on the disk. */
  readonly files_bytes: number;
  /** Answered before it was measured, one after the other. */
  readonly requests: number;
  /** Of the whole process, as the system counts it: Node, native libraries, weights that were read, buffers. */
  readonly resident_bytes: number;
  readonly environment: Environment;
}

export interface Results {
  readonly accuracy: readonly AccuracyRecord[];
  readonly memory: readonly MemoryRecord[];
  readonly loadTest?: LoadTest;
}

const Interval = z.tuple([z.number(), z.number()]);
const Accuracy = z.looseObject({ accuracy: z.number(), ci95: Interval });

/** Only what the page is made of is looked at. */
const ReportShape = z.looseObject({
  data: z.tuple([
    z.looseObject({
      sha256: z.string(),
      rows: z.int(),
      intent: Accuracy.optional(),
      slots: z.looseObject({ f1: z.number(), ci95: Interval }).optional(),
      exact_match: z.number().optional(),
      exact_match_ci95: Interval.optional(),
      topic: Accuracy.extend({ groups_accuracy: z.number().optional(), groups_ci95: Interval.optional() }).optional(),
      outcomes: z.record(z.string(), z.array(z.int())),
    }),
  ]),
  bundle: z.string(),
  engine: z.string(),
  environment: z.looseObject({ node: z.string(), platform: z.string(), cpu: z.string(), cores: z.int() }),
  options: z.looseObject({}),
});

const AccuracyShape = z.looseObject({
  system: z.string(),
  set: z.string(),
  bundle_sha256: z.string(),
  report: ReportShape,
});

const MemoryShape = z.array(
  z.looseObject({
    system: z.string(),
    bundle: z.string(),
    bundle_sha256: z.string(),
    files_bytes: z.int().positive(),
    requests: z.int().positive(),
    resident_bytes: z.int().positive(),
  }),
);

/** The JSON files below one folder: all that the page is made of. */
export class Store {
  constructor(readonly folder: string) {}

  accuracy(system: string, set: string): Promise<AccuracyRecord | undefined> {
    return this.#read(accuracyFile(system, set), AccuracyShape) as Promise<AccuracyRecord | undefined>;
  }

  async memory(): Promise<readonly MemoryRecord[]> {
    return ((await this.#read("memory.json", MemoryShape)) ?? []) as unknown as readonly MemoryRecord[];
  }

  /** All that there is, in the order of the systems. */
  async all(): Promise<Results> {
    const kept = SYSTEMS.flatMap(({ label }) => SETS.map(({ name }) => this.accuracy(label, name)));
    const accuracy = (await Promise.all(kept)).filter((record) => record !== undefined);
    const memory = await this.memory();
    const loadTest = await this.loadTest();
    return { accuracy, memory, ...(loadTest && { loadTest }) };
  }

  /** Written by `npm run loadtest`. */
  loadTest(): Promise<LoadTest | undefined> {
    return this.#read("loadtest.json", LoadTest);
  }

  async saveAccuracy(record: AccuracyRecord): Promise<void> {
    await this.#write(accuracyFile(record.system, record.set), record);
  }

  async saveMemory(records: readonly MemoryRecord[]): Promise<void> {
    await this.#write("memory.json", records);
  }

  /** What stands in a file; undefined when there is none. @throws ResultsError when it is no such file */
  async #read<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const path = join(this.folder, file);
    let json: string;
    try {
      json = await readFile(path, "utf8");
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new ResultsError(`${path}: can't be read: ${String(cause)}`, { cause });
    }
    return parsed(path, json, schema);
  }

  async #write(file: string, value: unknown): Promise<void> {
    const path = join(this.folder, file);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, readableJson(value));
    } catch (cause) {
      throw new ResultsError(`${path}: can't be written: ${String(cause)}`, { cause });
    }
  }
}

function accuracyFile(system: string, set: string): string {
  return join("accuracy", `${system}.${set}.json`);
}

function parsed<T>(path: string, json: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new ResultsError(`${path}: is no JSON`, { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ResultsError(`${path}: is malformed: ${z.prettifyError(result.error)}`, { cause: result.error });
}

import { lastTenth, withoutHeaders } from "./cut.js";
import { EvaluationError } from "./errors.js";
import type { LabelledText } from "./labelled-text.js";
import type { Options } from "./options.js";
import { PERTURBATIONS } from "./perturb.js";
import { sampleOf, seeded } from "../../statistics/random.js";
import { readRows, sha256Of } from "./read.js";

export interface DataFile {
  readonly file: string;
  /** Of the file as it lies there, in hex. */
  readonly sha256: string;
  readonly rows: readonly LabelledText[];
}

/** The same for every file, so that a row's perturbation does not depend on the files before it. */
const PERTURBATION_SEED = 7;

type Shaping = Pick<Options, "limit" | "sample" | "cut" | "stripHeaders" | "perturb">;

async function loadFile(
  file: string,
  { limit = Infinity, sample, cut, stripHeaders, perturb }: Shaping,
): Promise<DataFile> {
  let rows: LabelledText[] = [];
  for await (const row of readRows(file)) {
    rows.push(row);
    if (!cut && !sample && rows.length >= limit) break;
  }
  if (cut) rows = lastTenth(rows);
  if (sample) rows = sampleOf(rows.length, sample.size, seeded(sample.seed)).flatMap((row) => rows[row] ?? []);
  rows = rows.slice(0, limit);
  if (stripHeaders) rows = rows.map(withoutHeaders);
  if (perturb) {
    const random = seeded(PERTURBATION_SEED);
    rows = rows.map((row) => PERTURBATIONS[perturb](row, random));
  }
  if (rows.length === 0) throw new EvaluationError(`${file}: has no rows`);
  return { file, sha256: await sha256Of(file), rows };
}

/** Reads every file whole, so that a bad row is told before an hour of scoring and not after. */
export async function loadData(files: readonly string[], shaping: Shaping): Promise<DataFile[]> {
  const loaded: DataFile[] = [];
  for (const file of files) loaded.push(await loadFile(file, shaping));
  return loaded;
}

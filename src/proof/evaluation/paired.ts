import { isDeepStrictEqual } from "node:util";
import { bootstrapDifference, type Difference } from "./bootstrap.js";
import { ABSENT, type Columns } from "./columns.js";
import { EvaluationError } from "./errors.js";
import { MEASURES, type Measure, type MeasureName } from "./measures.js";
import { sampleOf, seeded } from "../../statistics/random.js";
import type { Report, ReportedOptions } from "./report.js";

/** What a system made of the rows of one data file. */
export interface Scored {
  /** For messages. */
  readonly name: string;
  readonly sha256: string;
  readonly options: ReportedOptions;
  readonly outcomes: Columns;
}

/** By score; what only one of the two was scored in is absent. */
export type Differences = Readonly<Partial<Record<MeasureName, Difference>>>;

/**
 * One file's part of a report, to compare.
 * @throws EvaluationError when the report has no outcomes, or was interrupted: which rows it lacks can't be told.
 */
export function scoredFile(name: string, { data, options, partial }: Report, file = 0): Scored {
  const { sha256, outcomes } = data[file] ?? {};
  if (sha256 === undefined || !outcomes) {
    throw new EvaluationError(`${name}: the report has no outcomes; make it with --outcomes`);
  }
  if (partial) throw new EvaluationError(`${name}: the report is partial; let the evaluation finish`);
  return { name, sha256, options, outcomes };
}

/** Whether rows of the two that have the same place are the same text, once a whole set is cut down to a sample of it. */
function comparable(one: ReportedOptions, other: ReportedOptions): boolean {
  const unsampled = (options: ReportedOptions) => ({ ...options, sample: undefined });
  if (!isDeepStrictEqual(unsampled(one), unsampled(other))) return false;
  if (isDeepStrictEqual(one.sample, other.sample)) return true;
  // The first N of a sample are not in the first N of the whole.
  return (one.sample === undefined || other.sample === undefined) && one.limit === undefined;
}

/** Outcomes on the rows of a sample, which is drawn from the whole as `loadData` draws it. */
function drawn(outcomes: Columns, { size, seed }: NonNullable<ReportedOptions["sample"]>): Columns {
  const [first = []] = Object.values(outcomes);
  const rows = sampleOf(first.length, size, seeded(seed));
  const columns = Object.entries(outcomes).map(([name, column]) => [name, rows.map((row) => column[row] ?? ABSENT)]);
  return Object.fromEntries(columns) as Columns;
}

/** The outcomes of `one` on the rows that `other` was scored on, too. */
function onRowsOf(other: Scored, { outcomes, options }: Scored): Columns {
  return options.sample === undefined && other.options.sample ? drawn(outcomes, other.options.sample) : outcomes;
}

/** [columns][rows] of each, of the rows that both were scored in; undefined when there are none. */
function pairedColumns({ columns: names }: Measure, one: Columns, other: Columns): Uint32Array[][] | undefined {
  const all = [one, other].map((columns) => names.map((name) => columns[name] ?? []));
  const rows = [...(all[0]?.[0] ?? []).keys()].filter((row) =>
    all.flat().every((column) => (column[row] ?? ABSENT) !== ABSENT),
  );
  if (rows.length === 0) return undefined;
  return all.map((columns) => columns.map((column) => Uint32Array.from(rows, (row) => column[row]!)));
}

/**
 * Every score of `one` minus that of `other`, over the same rows; a whole set is compared with a sample of it on the sample.
 * @throws EvaluationError when the two were scored on other data, or with other options.
 */
export function pairedDifferences(one: Scored, other: Scored): Differences {
  const fault = (what: string) => new EvaluationError(`${one.name} and ${other.name} can't be paired: ${what}`);
  if (one.sha256 !== other.sha256) throw fault(`other data, SHA-256 ${one.sha256} and ${other.sha256}`);
  if (!comparable(one.options, other.options)) {
    throw fault(`other options, ${JSON.stringify(one.options)} and ${JSON.stringify(other.options)}`);
  }
  const [left, right] = [onRowsOf(other, one), onRowsOf(one, other)];
  const differences = Object.entries(MEASURES).flatMap(([name, measure]) => {
    const [own, theirs] = pairedColumns(measure, left, right) ?? [];
    if (!own || !theirs) return [];
    const rows = own[0]?.length ?? 0;
    return [[name, bootstrapDifference(own, theirs, (sums) => measure.value(sums, rows))]];
  });
  return Object.fromEntries(differences) as Differences;
}

import { auroc } from "./auroc.js";
import type { Prediction } from "./classifier.js";
import type { Outcome } from "./score.js";

/** What a bundle that has a label to reject with made of one row. */
export interface Rejection {
  /** Whether that label is the row's gold intent. */
  readonly wanted: boolean;
  readonly rejected: boolean;
  /** `out_of_scope_score`. */
  readonly score: number;
}

/** Fractions of 1, in the names of the report. A score is there to tell the two kinds of rows apart, whatever the threshold. */
export interface OosScores {
  readonly auroc: number;
  /** Recall: the rows out of scope that were rejected. */
  readonly rejected_share_of_oos: number;
  /** False rejections. */
  readonly rejected_share_of_in_scope: number;
  /** A rejected row counts as wrong. */
  readonly in_scope_accuracy: number;
  /** Rows out of scope. */
  readonly rows: number;
}

/** A text that was refused has the worst score: it counts as wrong here, too. `reject`: the label that rejects. */
export function rejectionOf(gold: string | undefined, prediction: Prediction | undefined, reject: string): Rejection {
  const wanted = gold === reject;
  const score = prediction?.outOfScopeScore ?? (wanted ? 0 : 1);
  return { wanted, rejected: prediction?.intent === null, score };
}

type Judged = NonNullable<Outcome["intent"]> & { readonly rejection: Rejection };

const isJudged = (intent: Outcome["intent"]): intent is Judged => intent?.rejection !== undefined;

function share(rows: readonly Judged[], counts: (row: Judged) => boolean): number {
  return rows.filter(counts).length / rows.length;
}

/** Undefined when there are not rows of both kinds. */
export function oosScores(outcomes: readonly Outcome[]): OosScores | undefined {
  const rows = outcomes.map(({ intent }) => intent).filter(isJudged);
  const outside = rows.filter(({ rejection }) => rejection.wanted);
  const inside = rows.filter(({ rejection }) => !rejection.wanted);
  if (outside.length === 0 || inside.length === 0) return undefined;
  const scoresOf = (of: readonly Judged[]) => of.map(({ rejection }) => rejection.score);
  return {
    auroc: auroc(scoresOf(outside), scoresOf(inside)),
    rejected_share_of_oos: share(outside, ({ rejection }) => rejection.rejected),
    rejected_share_of_in_scope: share(inside, ({ rejection }) => rejection.rejected),
    in_scope_accuracy: share(inside, ({ correct }) => correct),
    rows: outside.length,
  };
}

import { logOdds, sigmoid } from "../../tasks/calibration.js";
import type { Bet } from "./calibration.js";

const FOLDS = 5;
/** Below this, what two numbers could learn of the bets is mostly chance. */
const FEWEST = 50;
const MOST_STEPS = 50;

/** How confidences are bent: exponents of a calibration's scale and power, or its scale's exponent and its shift. */
export type Bend = readonly [number, number];

export const STRAIGHT: Bend = [0, 0];

/** Log-odds of a bent confidence and their derivatives by the two numbers of the bend. */
interface Point {
  readonly value: number;
  readonly slope: Bend;
}

/** The bends that `training/calibrate.py` fits: Platt scaling for a span, and for a label that of all labels' margins. */
type Curve = (bend: Bend) => Point;

function spanCurve(confidence: number): Curve {
  const odds = logOdds(confidence);
  return ([scale, shift]) => ({ value: Math.exp(scale) * odds + shift, slope: [Math.exp(scale) * odds, 1] });
}

/** What the rounding of a confidence of 0 may have hidden. */
const LEAST = 1e-7;

/** others: the confidences of the labels that were not chosen, in any order. */
function labelCurve(confidence: number, others: readonly number[]): Curve {
  const logs = [confidence, ...others].map((probability) => Math.log(Math.max(probability, LEAST)));
  const largest = Math.max(...logs);
  const distances = logs.map((log) => Math.log(largest - log)); // of the margins, once more in logarithms
  return ([scale, power]) => {
    let [sum, byScale, byPower] = [0, 0, 0]; // over the others
    const own = term(distances[0]!, scale, power);
    for (let i = 1; i < distances.length; i++) {
      const { score, slope } = term(distances[i]!, scale, power);
      const weight = Math.exp(score);
      sum += weight;
      byScale += weight * score;
      byPower += weight * slope;
    }
    return { value: own.score - Math.log(sum), slope: [own.score - byScale / sum, own.slope - byPower / sum] };
  };
}

/** The score -exp(scale) · margin ** exp(power), which is also its derivative by `scale`, and that by `power`. */
function term(distance: number, scale: number, power: number): { score: number; slope: number } {
  if (distance === -Infinity) return { score: 0, slope: 0 };
  const exponent = Math.exp(power) * distance;
  const score = -Math.exp(scale + exponent);
  return { score, slope: score * exponent };
}

const curveOf = ({ confidence, others = [] }: Bet): Curve =>
  others.length > 0 ? labelCurve(confidence, others) : spanCurve(confidence);

/**
 * The bend that makes the outcomes likeliest, by Fisher scoring. A prior of one unit's width around no bend keeps it finite
 * where every bet was won.
 */
export function fitBend(bets: readonly Bet[]): Bend {
  const curves = bets.map((bet) => ({ curve: curveOf(bet), won: Number(bet.correct) }));
  let bend = STRAIGHT;
  for (let step = 0; step < MOST_STEPS; step++) {
    let [g0, g1, h00, h01, h11] = [bend[0], bend[1], 1, 0, 1]; // the prior's
    for (const { curve, won } of curves) {
      const { value, slope } = curve(bend);
      const p = sigmoid(value);
      const spread = p * (1 - p);
      g0 += (p - won) * slope[0];
      g1 += (p - won) * slope[1];
      h00 += spread * slope[0] ** 2;
      h01 += spread * slope[0] * slope[1];
      h11 += spread * slope[1] ** 2;
    }
    const determinant = h00 * h11 - h01 ** 2;
    const moves = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant] as const;
    bend = [bend[0] - clipped(moves[0]), bend[1] - clipped(moves[1])];
    if (Math.max(...moves.map(Math.abs)) < 1e-6) break;
  }
  return bend;
}

/** Far from the solution a whole step may overshoot. */
const clipped = (step: number): number => Math.max(-0.5, Math.min(0.5, step));

export function bent(bet: Bet, bend: Bend): Bet {
  return { confidence: sigmoid(curveOf(bet)(bend).value), correct: bet.correct };
}

/**
 * Bets as calibration anew would have placed them: those of each fifth of the rows are bent as the other four fifths want it.
 * Bending twice is bending once, so it does not matter how far they had been calibrated on these very rows before.
 *
 * rows: the bets of each row; row i is in fold i mod 5. Fewer than 50 bets stay as they are.
 */
export function crossFitted(rows: readonly (readonly Bet[])[]): Bet[] {
  if (rows.flat().length < FEWEST) return rows.flat();
  return Array.from({ length: FOLDS }, (_, fold) => {
    const bend = fitBend(rows.flatMap((bets, row) => (row % FOLDS === fold ? [] : bets)));
    return rows.flatMap((bets, row) => (row % FOLDS === fold ? bets.map((bet) => bent(bet, bend)) : []));
  }).flat();
}

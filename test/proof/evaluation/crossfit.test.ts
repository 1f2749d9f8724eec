import { describe, expect, test } from "vitest";
import type { Bet } from "../../../src/proof/evaluation/calibration.js";
import { bent, crossFitted, fitBend } from "../../../src/proof/evaluation/crossfit.js";
import { seeded } from "../../../src/statistics/random.js";
import { calibrateMargins, calibrateSpan, type MarginCalibration } from "../../../src/tasks/calibration.js";
import { softmax } from "../../../src/tasks/softmax.js";

const bet = (confidence: number, correct: boolean): Bet => ({ confidence, correct });
const betOn = (probabilities: Float32Array, chosen: number, correct: boolean): Bet => ({
  confidence: probabilities[chosen]!,
  correct,
  others: [...probabilities].filter((_, label) => label !== chosen),
});

/** Bets on the best of four labels, told by a model that sees the true probabilities bent. */
function labelBets(count: number, calibration: MarginCalibration): Bet[] {
  const random = seeded(1);
  return Array.from({ length: count }, () => {
    const truth = softmax(
      Float32Array.from({ length: 4 }, () => 6 * random() - 3),
      1,
    );
    const chosen = truth.indexOf(Math.max(...truth));
    return betOn(calibrateMargins(truth, calibration), chosen, random() < truth[chosen]!);
  });
}

function spanBets(count: number, told: (truth: number) => number): Bet[] {
  const random = seeded(2);
  return Array.from({ length: count }, () => {
    const truth = random();
    return bet(told(truth), random() < truth);
  });
}

describe("the bend that fits", () => {
  test("gives a span of even odds the share that was won", () => {
    const bets = Array.from({ length: 10_000 }, (_, i) => bet(0.5, i % 5 > 0));
    const [, shift] = fitBend(bets);
    expect(shift).toBeCloseTo(Math.log(4), 2);
  });

  test("undoes a known scale and shift of spans", () => {
    const bets = spanBets(20_000, (truth) => calibrateSpan(truth, { scale: 2, shift: 1 }));
    const [scale, shift] = fitBend(bets); // (2x + 1) · 0.5 - 0.5 = x
    expect(Math.exp(scale)).toBeCloseTo(0.5, 1);
    expect(shift).toBeCloseTo(-0.5, 1);
  });

  test("undoes a known scale and power of margins", () => {
    const [scale, power] = fitBend(labelBets(20_000, { scale: 0.8, power: 1.5 }));
    // 0.8 · m ** 1.5 to the power of 2/3, times 0.8 ** (-2/3), is m
    expect(Math.exp(power)).toBeCloseTo(1 / 1.5, 1);
    expect(Math.exp(scale)).toBeCloseTo(0.8 ** (-1 / 1.5), 1);
  });

  test("leaves confidences that are right as they are", () => {
    for (const number of [
      ...fitBend(labelBets(20_000, { scale: 1, power: 1 })),
      ...fitBend(spanBets(20_000, (p) => p)),
    ])
      expect(Math.abs(number)).toBeLessThan(0.06);
  });

  test("stays finite when every bet was won, or none", () => {
    for (const correct of [true, false]) {
      const spans = Array.from({ length: 100 }, (_, i) => bet(i / 100, correct));
      const labels = Array.from({ length: 100 }, (_, i) => betOn(softmax(Float32Array.of(i / 9, 0), 1), 0, correct));
      for (const number of [...fitBend(spans), ...fitBend(labels)]) expect(Math.abs(number)).toBeLessThan(20);
    }
  });
});

describe("a bent bet", () => {
  test("is what the served calibration makes of the same probabilities", () => {
    const probabilities = Float32Array.of(0.2, 0.5, 0.3);
    const calibrated = calibrateMargins(probabilities, { scale: 0.7, power: 1.3 });
    for (const chosen of [0, 1, 2]) {
      const { confidence } = bent(betOn(probabilities, chosen, true), [Math.log(0.7), Math.log(1.3)]);
      expect(confidence).toBeCloseTo(calibrated[chosen]!, 6);
    }
    expect(bent(bet(0.9, true), [Math.log(0.7), 0.4]).confidence).toBeCloseTo(
      calibrateSpan(0.9, { scale: 0.7, shift: 0.4 }),
    );
  });

  test("of the only label, or of one that leaves nothing to the others, is still a probability", () => {
    expect(bent({ confidence: 1, correct: true, others: [] }, [0.5, 0.5]).confidence).toBeCloseTo(1);
    const { confidence } = bent({ confidence: 1, correct: true, others: [0, 0] }, [0.5, 0.5]);
    expect(confidence).toBeGreaterThan(0.99);
    expect(confidence).toBeLessThanOrEqual(1);
  });
});

describe("cross-fitting", () => {
  test("calibrates no row by its own outcome", () => {
    // The rows of the first fold are lost and all others won: each fold learns from the rest, and is surprised.
    const rows = Array.from({ length: 500 }, (_, row) => [bet(0.5, row % 5 !== 0)]);
    const confidences = (correct: boolean) =>
      crossFitted(rows)
        .filter((fitted) => fitted.correct === correct)
        .map(({ confidence }) => confidence);
    for (const confidence of confidences(false)) expect(confidence).toBeGreaterThan(0.95);
    for (const confidence of confidences(true)) expect(confidence).toBeCloseTo(0.75, 1);
  });

  test("keeps the bets of one row together", () => {
    const rows = Array.from({ length: 250 }, (_, row) => [bet(0.5, row % 5 !== 0), bet(0.5, row % 5 !== 0)]);
    for (const { confidence, correct } of crossFitted(rows)) if (!correct) expect(confidence).toBeGreaterThan(0.9);
  });

  test("makes the same of confidences that were calibrated before", () => {
    const [raw, served] = [
      { scale: 1, power: 1 },
      { scale: 0.6, power: 1.4 },
    ].map((calibration) => crossFitted(labelBets(2_000, calibration).map((one) => [one])));
    for (const [i, { confidence }] of served!.entries()) expect(confidence).toBeCloseTo(raw![i]!.confidence, 1.5);
  });

  test("leaves fewer than 50 bets as they are", () => {
    const rows = Array.from({ length: 49 }, () => [bet(0.9, false)]);
    expect(crossFitted([...rows, []])).toEqual(rows.flat());
    expect(crossFitted([...rows, [bet(0.9, false)]])[0]?.confidence).toBeLessThan(0.5);
  });
});

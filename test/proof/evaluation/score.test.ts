import { describe, expect, test } from "vitest";
import type { Guess, Prediction } from "../../../src/proof/evaluation/classifier.js";
import type { LabelledText, Span } from "../../../src/proof/evaluation/labelled-text.js";
import { compare, score, type Outcome } from "../../../src/proof/evaluation/score.js";

const gold = (labels: Partial<LabelledText>): LabelledText => ({ id: "1", text: "any", ...labels });
const span = (name: string, start: number, end: number): Span => ({ name, start, end });
const found = (name: string, start: number, end: number, confidence = 1): Span & Guess => ({
  ...span(name, start, end),
  confidence,
});
const answer = (prediction: Omit<Prediction, "truncated">): Prediction => ({ truncated: false, ...prediction });

const NO_ERROR = { ece: 0, ece_as_served: 0 };

describe("slots", () => {
  test.each([
    ["equal spans match", [span("time", 0, 4)], [found("time", 0, 4)], 1, 1, 1],
    ["another name at the same place is wrong", [span("time", 0, 4)], [found("date", 0, 4)], 0, 1, 1],
    ["half of a span is wrong", [span("time", 0, 8)], [found("time", 0, 4)], 0, 1, 1],
    ["order does not matter", [span("a", 0, 1), span("b", 2, 3)], [found("b", 2, 3), found("a", 0, 1)], 2, 2, 2],
    ["missed and invented spans are counted", [span("a", 0, 1), span("b", 2, 3)], [found("a", 0, 1)], 1, 1, 2],
    ["nothing to find, nothing found", [], [], 0, 0, 0],
  ])("%s", (_name, wanted, predicted, matched, predictions, golds) => {
    const { slots } = compare(gold({ slots: wanted }), ["slots"], answer({ slots: predicted }));
    expect(slots).toMatchObject({ matched, predicted: predictions, gold: golds });
  });

  test("precision, recall and F1 are micro averages over all rows", () => {
    const rows = [
      compare(gold({ slots: [span("a", 0, 1), span("b", 2, 3)] }), ["slots"], answer({ slots: [found("a", 0, 1)] })),
      compare(gold({ slots: [span("a", 0, 1)] }), ["slots"], answer({ slots: [found("b", 0, 1), found("c", 4, 5)] })),
      compare(gold({ slots: [span("a", 0, 1)] }), ["slots"], answer({ slots: [found("a", 0, 1)] })),
    ];
    // 2 of 4 predicted spans are right, 2 of 4 gold spans are found
    expect(score(rows).slots).toMatchObject({ precision: 0.5, recall: 0.5, f1: 0.5 });
    // without the second row: 2 of 2 and 2 of 3
    const { precision, recall, f1 } = score([rows[0]!, rows[2]!]).slots!;
    expect([precision, recall, f1]).toEqual([1, 2 / 3, 0.8]);
  });

  test("no span anywhere scores 0, as in seqeval", () => {
    const rows = [compare(gold({ slots: [] }), ["slots"], answer({ slots: [] }))];
    expect(score(rows).slots).toEqual({ precision: 0, recall: 0, f1: 0, ci95: [0, 0], ...NO_ERROR });
  });

  test("their calibration is that of the predicted spans", () => {
    const row = compare(
      gold({ slots: [span("a", 0, 1)] }),
      ["slots"],
      answer({ slots: [found("a", 0, 1, 0.75), found("b", 2, 3, 0.5)] }),
    );
    expect(score([row]).slots?.ece).toBeCloseTo((0.25 + 0.5) / 2); // two bets, a bin each
  });
});

describe("intent and topic", () => {
  test("accuracy is the share of right answers, and out of scope is wrong", () => {
    const rows = [
      compare(gold({ intent: "a" }), ["intent"], answer({ intent: { name: "a", confidence: 1 } })),
      compare(gold({ intent: "b" }), ["intent"], answer({ intent: { name: "a", confidence: 1 } })),
      compare(gold({ intent: "b" }), ["intent"], answer({ intent: null })),
      compare(gold({ intent: "b" }), ["intent"], answer({ intent: { name: "b", confidence: 1 } })),
    ];
    expect(score(rows).intent).toMatchObject({ accuracy: 0.5 });
    expect(score(rows).intent?.ece).toBeCloseTo(1 / 3); // three bets of 1, one of them lost
  });

  test("a wrong topic may have the right group", () => {
    const row = gold({ topic: "rec.autos", group: "rec" });
    const guess = { name: "rec.motorcycles", group: "rec", confidence: 0.6 };
    const { topic } = score([compare(row, ["topic"], answer({ topic: guess }))]);
    expect(topic).toMatchObject({ accuracy: 0, groups_accuracy: 1 });
    expect(topic?.ece).toBeCloseTo(0.6);
  });

  test("without gold groups there is no score of groups", () => {
    const guess = { name: "sport", group: "leisure", confidence: 1 };
    const { topic } = score([compare(gold({ topic: "sport" }), ["topic"], answer({ topic: guess }))]);
    expect(topic).toMatchObject({ accuracy: 1 });
    expect(topic).not.toHaveProperty("groups_accuracy");
    expect(topic).not.toHaveProperty("groups_ci95");
  });
});

describe("of a bundle that rejects", () => {
  const sure = { name: "a", confidence: 0.75 };
  test.each([
    ["a row out of scope is right when it is rejected", "oos", null, true, undefined],
    ["a row out of scope is wrong when it is answered, and the answer a lost bet", "oos", sure, false, 0.75],
    ["a row in scope is wrong when it is rejected", "a", null, false, undefined],
    ["a row in scope is right when its intent is", "a", sure, true, 0.75],
    ["a row in scope is wrong when its intent is", "b", sure, false, 0.75],
  ])("%s", (_name, intent, guess, correct, confidence) => {
    const outcome = compare(gold({ intent }), ["intent"], answer({ intent: guess, outOfScopeScore: 0.25 }), "oos");
    expect(outcome.intent?.correct).toBe(correct);
    expect(outcome.intent?.bet).toEqual(confidence === undefined ? undefined : { confidence, correct });
  });

  test("the accuracy is that of all rows, and the scores of rejection stand beside it", () => {
    const rows = [
      compare(gold({ intent: "oos" }), ["intent"], answer({ intent: null, outOfScopeScore: 0.9 }), "oos"),
      compare(gold({ intent: "a" }), ["intent"], answer({ intent: sure, outOfScopeScore: 0.25 }), "oos"),
      compare(gold({ intent: "a" }), ["intent"], answer({ intent: null, outOfScopeScore: 0.8 }), "oos"),
      compare(gold({ intent: "a" }), ["intent"], answer({ intent: sure, outOfScopeScore: 0.25 }), "oos"),
    ];
    expect(score(rows)).toMatchObject({ intent: { accuracy: 0.75 }, oos: { in_scope_accuracy: 2 / 3, rows: 1 } });
    expect(score(rows.slice(1))).not.toHaveProperty("oos");
  });

  test("without such a label a row of that name is a row like others", () => {
    const outcome = compare(gold({ intent: "oos" }), ["intent"], answer({ intent: null }));
    expect(outcome.intent).toEqual({ correct: false });
  });
});

describe("exact match", () => {
  const row = gold({ intent: "alarm", slots: [span("time", 0, 4)] });
  const right = { name: "alarm", confidence: 1 };
  test.each([
    ["right intent and spans", right, [found("time", 0, 4)], 1],
    ["wrong intent", { name: "joke", confidence: 1 }, [found("time", 0, 4)], 0],
    ["a span too many", right, [found("time", 0, 4), found("date", 5, 6)], 0],
    ["a span too few", right, [], 0],
  ])("%s", (_name, intent, slots, expected) => {
    expect(score([compare(row, ["intent", "slots"], answer({ intent, slots }))]).exact_match).toBe(expected);
  });

  test("rows of one task have none", () => {
    expect(score([compare(row, ["intent"], answer({ intent: right }))])).not.toHaveProperty("exact_match");
  });
});

test("a refused text is wrong in every task that was asked", () => {
  const row = gold({ intent: "a", slots: [span("x", 0, 1)], topic: "t", group: "g" });
  const scores = score([compare(row, ["intent", "slots", "topic"], undefined)]);
  expect(scores).toEqual({
    intent: { accuracy: 0, ci95: [0, 0], ...NO_ERROR },
    slots: { precision: 0, recall: 0, f1: 0, ci95: [0, 0], ...NO_ERROR },
    exact_match: 0,
    exact_match_ci95: [0, 0],
    topic: { accuracy: 0, ci95: [0, 0], groups_accuracy: 0, groups_ci95: [0, 0], ...NO_ERROR },
  });
});

test("only what was asked is scored", () => {
  const row = gold({ intent: "a", topic: "t" });
  expect(Object.keys(score([compare(row, ["topic"], answer({}))]))).toEqual(["topic"]);
  expect(score([])).toEqual({});
});

test("the interval holds the score", () => {
  const outcomes = Array.from({ length: 200 }, (_, i): Outcome => ({ intent: { correct: i % 5 > 0 } }));
  const { accuracy, ci95 } = score(outcomes).intent!;
  expect(accuracy).toBe(0.8);
  // the normal approximation: 0.8 ± 1.96 · sqrt(0.8 · 0.2 / 200) = 0.745 to 0.855
  expect(ci95[0]).toBeCloseTo(0.745, 1.7);
  expect(ci95[1]).toBeCloseTo(0.855, 1.7);
});

test("exact match and groups have intervals of their own", () => {
  const outcomes = Array.from({ length: 200 }, (_, i): Outcome => ({
    intent: { correct: true },
    slots: { matched: 1, predicted: 1, gold: i % 2 === 0 ? 1 : 2, bets: [] },
    topic: { correct: true, groupCorrect: i % 2 === 0 },
  }));
  const { intent, topic, exact_match_ci95: exact } = score(outcomes);
  expect([intent?.ci95, topic?.ci95]).toEqual([
    [1, 1],
    [1, 1],
  ]);
  for (const [low, high] of [exact!, topic!.groups_ci95!]) {
    expect(low).toBeCloseTo(0.43, 1.7); // 0.5 ± 1.96 · sqrt(0.5 · 0.5 / 200)
    expect(high).toBeCloseTo(0.57, 1.7);
  }
});

describe("calibration", () => {
  const share = (i: number) => i % 5 > 0; // four of five are right
  const errorsOf = (outcomes: Outcome[]) => {
    const { intent, slots, topic } = score(outcomes);
    return [intent, slots, topic].map((task) => task && [task.ece, task.ece_as_served]);
  };
  // Rows 0 to 4 are all of one kind, so that each of the five folds holds as many of it.
  const outcomes = Array.from({ length: 1000 }, (_, i): Outcome => {
    const correct = share(Math.floor(i / 5));
    const others = [0.03, 0.02];
    return {
      intent: { correct, bet: { confidence: 0.95, correct, others } },
      slots: { matched: 1, predicted: 1, gold: 1, bets: [{ confidence: 0.95, correct }] },
      topic: { correct, bet: { confidence: 0.95, correct, others } },
    };
  });

  test("is that of confidences fitted on other rows, beside that of the confidences as they were served", () => {
    for (const errors of errorsOf(outcomes)) {
      expect(errors?.[0]).toBeLessThan(0.02);
      expect(errors?.[1]).toBeCloseTo(0.15);
    }
  });

  test("of few bets is that of the confidences as they were served", () => {
    for (const errors of errorsOf(outcomes.slice(0, 45))) expect(errors?.[0]).toBe(errors?.[1]);
  });
});

test("a label's bet knows what the other labels were given, for it is calibrated beside them", () => {
  const others = [0.25, 0.25];
  const prediction = {
    intent: { name: "a", confidence: 0.5, others },
    topic: { name: "t", group: "g", confidence: 0.5, others },
  };
  const { intent, topic } = compare(gold({ intent: "a", topic: "u" }), ["intent", "topic"], answer(prediction));
  expect(intent?.bet).toEqual({ confidence: 0.5, correct: true, others });
  expect(topic?.bet).toEqual({ confidence: 0.5, correct: false, others });
});

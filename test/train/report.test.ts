import { expect, test } from "vitest";
import type { Row } from "../../src/data/row.js";
import type { Judged } from "../../src/train/judge.js";
import { trainPage } from "../../src/train/page.js";
import { judgement, type TrainReport } from "../../src/train/report.js";

const CI = [0.4, 0.8] as const;
const FIGURES = { file: "dev", sha256: "0", rows: 4, refused: 0, truncated: 0 };
const train: Row[] = [
  {
    ...{ id: "1", split: "train", text: "wake me at nine", intent: "alarm", tokens: [], slots: [] },
    entities: [{ type: "time", value: "nine", start: 11, end: 15 }],
  },
];

const guess = (name: string, confidence: number) => ({ name, confidence });
const judged: Judged = {
  ...{ model: "mine@0.1.0", engine: "joint-encoder", reject: "oos" },
  scores: {
    ...FIGURES,
    intent: { accuracy: 0.5, ci95: [...CI], ece: 0.1, ece_as_served: 0.1 },
    slots: { precision: 0.5, recall: 0.5, f1: 0.5, ci95: [...CI], ece: 0.1, ece_as_served: 0.1 },
  },
  answers: [
    {
      row: { id: "a", text: "wake me at ten", intent: "alarm", slots: [{ name: "time", start: 11, end: 14 }] },
      prediction: { intent: guess("alarm", 0.9), slots: [], truncated: false },
    },
    {
      row: { id: "b", text: "<b>play</b> it", intent: "music", slots: [] },
      prediction: {
        ...{ intent: guess("alarm", 0.7), truncated: false },
        slots: [{ ...guess("time", 0.8), start: 12, end: 14 }],
      },
    },
    {
      row: { id: "c", text: "who are you", intent: "oos" },
      prediction: { intent: null, outOfScopeScore: 0.9, truncated: false },
    },
    {
      row: { id: "d", text: "stop", intent: "music" },
      prediction: { intent: null, outOfScopeScore: 0.6, truncated: false },
    },
  ],
};
const found = judgement("dev", train, judged);

test("lines of the confusion matrix are what rows are, columns what was answered", () => {
  expect(found.confusion.intent).toEqual({
    labels: ["alarm", "music", "oos", null],
    counts: [
      [1, 0, 0, 0],
      [1, 0, 0, 1],
      [0, 0, 0, 1],
      [0, 0, 0, 0],
    ],
  });
});

test("a row out of scope that was rejected is right, the surest mistake comes first", () => {
  expect(found.mistakes.intent).toEqual([
    { id: "b", text: "<b>play</b> it", gold: "music", answered: "alarm", confidence: 0.7 },
    { id: "d", text: "stop", gold: "music", answered: "(out of scope)", confidence: 0.6 },
  ]);
  expect(found.labels.intent?.map(({ label, f1 }) => [label, f1])).toEqual([
    ["music", 0],
    ["alarm", 2 / 3],
    ["oos", 2 / 3],
  ]);
});

test("spans that are missing or made up are mistakes of a row's slots", () => {
  expect(found.mistakes.slots).toEqual([
    { id: "b", text: "<b>play</b> it", gold: "(none)", answered: 'time="it"', confidence: 0.8 },
    { id: "a", text: "wake me at ten", gold: 'time="ten"', answered: "(none)", confidence: 0 },
  ]);
  expect(found.labels.slots).toEqual([{ label: "time", train: 1, gold: 1, answered: 1, right: 0, f1: 0 }]);
});

test("the page has the matrix, the mistakes and the curves; texts stay texts, and nothing is fetched", () => {
  const report: TrainReport = {
    ...{ bundle: "mine@0.1.0", engine: "joint-encoder", trained: "encoder", quick: true, reject: "oos", steps: 40 },
    ...{ rows: { train: 1, dev: 4, test: 0 }, seconds: { training: 90, export: 5, judging: 2 }, judged: [found] },
    curve: [
      { step: 0, loss: 3 },
      { step: 1, loss: 2, "dev intent": 0.5, "dev score": 0.5 },
    ],
  };
  const page = trainPage(report);
  expect(page.match(/<svg/g)).toHaveLength(2);
  expect(page).toContain("&lt;b&gt;play&lt;/b&gt; it");
  expect(page).toContain('<table class="confusion">');
  expect(page).toContain("50.0");
  expect(page).not.toContain("<script");
  expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
});

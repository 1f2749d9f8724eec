import { expect, test } from "vitest";
import { seeded } from "../../src/statistics/random.js";
import { dataPage } from "../../src/data/page.js";
import { dataReport } from "../../src/data/report.js";
import type { Made } from "../../src/data/row.js";
import { byChance, byHash, cutDev } from "../../src/data/split.js";
import { made } from "./rows.js";

const found = (rows: Made[], kind: string) => dataReport(rows).findings.find((finding) => finding.kind === kind)?.cases;
/** So many different rows of an intent. */
const many = (count: number, intent: string, split: "train" | "dev" = "train") =>
  Array.from({ length: count }, (_, i) => made(`${intent} text ${i}`, intent, split, i + 1));

test("labels are counted by split, most frequent first, slots with their values", () => {
  const rows = [
    ...many(3, "b"),
    ...many(5, "a"),
    ...many(1, "b", "dev"),
    made("at [Nine](time)", "a"),
    made("at [nine](time) or [ten](time)", "b"),
  ];
  const report = dataReport(rows);
  expect(report.rows).toEqual({ train: 10, dev: 1 });
  expect(report.intents).toEqual([
    { name: "a", rows: { train: 6 } },
    { name: "b", rows: { train: 4, dev: 1 } },
  ]);
  expect(report.slots).toEqual([
    { name: "time", rows: { train: 3 }, values: 2, top: { value: "nine", share: 2 / 3 }, intents: 2 },
  ]);
  expect(report.words).toMatchObject({ p50: 3, max: 4 });
  expect(report.words.histogram[3]).toBe(9);
});

test("the same text in two splits is a leak, with case and punctuation aside", () => {
  expect(found([made("Wake me!", "a", "train", 1), made("wake  me", "a", "dev", 2)], "leak")).toEqual([
    '"Wake me!": data.yml:1:1 train; data.yml:2:1 dev',
  ]);
  expect(found([made("wake me", "a"), made("wake him", "a", "dev")], "leak")).toBeUndefined();
});

test("the same text with another intent or slot is a contradiction, with the same ones a duplicate", () => {
  const rows = [
    made("wake me at [nine](time)", "a", "train", 1),
    made("wake me at [nine](time)", "b", "train", 2),
    made("play it", "a", "train", 3),
    made("play it", "a", "train", 4),
    made("stop [it](thing)", "a", "train", 5),
    made("stop it", "a", "train", 6),
  ];
  expect(found(rows, "contradiction")).toEqual([
    '"wake me at nine": data.yml:1:1 a time="nine"; data.yml:2:1 b time="nine"',
    '"stop it": data.yml:5:1 a thing="it"; data.yml:6:1 a',
  ]);
  expect(found(rows, "duplicate")).toEqual(['"play it": data.yml:3:1; data.yml:4:1']);
});

test("rare, unseen and overwhelming labels are named", () => {
  const rows = [
    ...many(9, "rare"),
    ...many(10, "fine"),
    ...many(10, "also"),
    ...many(250, "huge"),
    ...many(2, "new", "dev"),
  ];
  expect(found(rows, "rare_label")).toEqual(["rare (9)"]);
  expect(found(rows, "unseen_label")).toEqual(["new"]);
  expect(found(rows, "unbalanced_intents")).toEqual(["huge (250, the median is 10)"]);
});

test("slots with few spans, or always the same value, are named", () => {
  const rows = Array.from({ length: 12 }, (_, i) => made(`play [jazz](genre) number ${i}`, "play"));
  const report = [...rows, made("play [rock](genre) [loud](volume)", "play")];
  expect(found(report, "rare_slot")).toEqual(["volume (1)"]);
  expect(found(report, "one_value_slot")).toEqual(['genre: "jazz" is 92 % of 13']);
});

test("entities that can't be tagged as they stand are named with their place", () => {
  expect(found([made("[five](number)kg", "a", "train", 7)], "cut_word")).toEqual(["data.yml:7:1: fivekg"]);
  expect(found([made("[five](n)[kg](u)", "a", "train", 8)], "untagged")).toEqual(["data.yml:8:1: fivekg"]);
});

test("clean data has no finding", () => {
  expect(dataReport([...many(10, "a"), ...many(10, "b")]).findings).toEqual([]);
});

test("the page shows every label and finding, runs no script and escapes texts", () => {
  const page = dataPage(dataReport([...many(3, "a<b>"), made("<script>alert(1)</script> [x](s)", "c")]), "nlu.yml");
  expect(page).toContain("a&lt;b&gt;");
  expect(page).toContain("<svg");
  expect(page).toContain("Labels with fewer than 10 train rows");
  expect(page).not.toContain("<script");
  expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
});

test("a cut takes its share of every label, the same for the same seed, and leaves no text on both sides", () => {
  const rows = [...many(50, "a"), ...many(20, "b"), ...many(2, "c"), ...many(1, "d")];
  rows.push(made("A text 3!", "a", "train", 99), made("other", "a", "dev", 100));
  const cut = cutDev(rows, 0.1, byChance(seeded(1)));
  const dev = (intent: string) => cut.filter(({ row }) => row.split === "dev" && row.intent === intent).length;
  expect(dev("a") - 1).toBeGreaterThanOrEqual(5); // the twin comes along
  expect(dev("a") - 1).toBeLessThanOrEqual(6);
  expect([dev("b"), dev("c"), dev("d")]).toEqual([2, 0, 0]);
  expect(dataReport(cut).findings.some(({ kind }) => kind === "leak")).toBe(false);
  expect(cutDev(rows, 0.1, byChance(seeded(1)))).toEqual(cut);
  expect(cutDev(rows, 0.1, byChance(seeded(2)))).not.toEqual(cut);
});

test("a cut by a hash keeps its texts when others are added", () => {
  const devOf = (rows: Made[]) => {
    const cut = cutDev(rows, 0.1, byHash(1)).filter(({ row }) => row.split === "dev");
    return new Set(cut.map(({ row }) => row.text));
  };
  const [few, more] = [devOf(many(100, "a")), devOf(many(120, "a"))];
  expect([few.size, more.size]).toEqual([10, 12]);
  expect([...few].filter((text) => more.has(text)).length).toBeGreaterThanOrEqual(8);
  expect(cutDev(many(100, "a"), 0.1, byHash(2))).not.toEqual(cutDev(many(100, "a"), 0.1, byHash(1)));
});

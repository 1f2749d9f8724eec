import { createHash } from "node:crypto";
import { sampleOf } from "../statistics/random.js";
import { sameText } from "./same-text.js";
import type { Made } from "./row.js";

/** Chooses so many of some texts. */
export type Choice = (texts: readonly string[], size: number) => readonly string[];

export const byChance =
  (random: () => number): Choice =>
  (texts, size) =>
    sampleOf(texts.length, size, random).map((i) => texts[i]!);

/** The same texts whatever others there are beside them, but for those at the edge of the share: data may grow. */
export const byHash =
  (seed: number): Choice =>
  (texts, size) => {
    const digest = (text: string) => createHash("sha256").update(`${seed}:${text}`).digest("hex");
    return texts
      .map((text) => ({ text, key: digest(text) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .slice(0, size)
      .map(({ text }) => text);
  };

/**
 * Moves a share of every label's train rows to dev. Rows that say the same stay together, so that nothing of dev stands in
 * train; a label with too few texts for the share keeps them all in train.
 */
export function cutDev(rows: readonly Made[], share: number, choose: Choice): Made[] {
  const strata = new Map<string, Set<string>>();
  const labelOfText = new Map<string, string>();
  for (const { row } of rows) {
    if (row.split !== "train") continue;
    const key = sameText(row.text);
    const label = labelOfText.get(key) ?? row.intent ?? row.topic ?? "";
    labelOfText.set(key, label);
    strata.set(label, (strata.get(label) ?? new Set()).add(key));
  }
  const dev = new Set<string>();
  for (const [, texts] of [...strata].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const keys = [...texts];
    const size = Math.min(keys.length - 1, Math.round(share * keys.length));
    if (size > 0) for (const text of choose(keys, size)) dev.add(text);
  }
  return rows.map((made) =>
    made.row.split === "train" && dev.has(sameText(made.row.text))
      ? { ...made, row: { ...made.row, split: "dev" } }
      : made,
  );
}

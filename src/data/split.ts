import { sampleOf } from "../statistics/random.js";
import { sameText } from "./same-text.js";
import type { Made } from "./row.js";

/**
 * Moves a share of every label's train rows to dev. Rows that say the same stay together, so that nothing of dev stands in
 * train; a label with too few texts for the share keeps them all in train.
 */
export function cutDev(rows: readonly Made[], share: number, random: () => number): Made[] {
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
    if (size > 0) for (const i of sampleOf(keys.length, size, random)) dev.add(keys[i]!);
  }
  return rows.map((made) =>
    made.row.split === "train" && dev.has(sameText(made.row.text))
      ? { ...made, row: { ...made.row, split: "dev" } }
      : made,
  );
}

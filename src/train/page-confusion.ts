import { escape } from "../charts/svg.js";
import type { Confusion } from "./report.js";

/** Labels in the table; the JSON has them all. */
const SHOWN = 30;
const NONE = "(out of scope)";

/** Lines are what a row is, columns what was answered: those labels that take part in most mistakes. */
export function confusionTable(confusion: Confusion | undefined): string {
  if (!confusion) return "";
  const { labels, counts } = confusion;
  const wrong = labels.map((_, i) => {
    const others = labels.map((_, j) => (i === j ? 0 : counts[i]![j]! + counts[j]![i]!));
    return others.reduce((sum, count) => sum + count, 0);
  });
  const most = labels
    .map((_, i) => i)
    .filter((i) => wrong[i]! > 0 || labels.length <= SHOWN)
    .sort((a, b) => wrong[b]! - wrong[a]!)
    .slice(0, SHOWN)
    .sort((a, b) => a - b);
  if (most.length === 0) return "<p>None was taken for another.</p>";
  const name = (i: number) => escape(labels[i] ?? NONE);
  const head = most.map((i) => `<th scope="col">${name(i)}</th>`).join("");
  const lines = most.map((i) => {
    const total = counts[i]!.reduce((sum, count) => sum + count, 0);
    const cells = most.map((j) => cell(counts[i]![j]!, total, i === j));
    return `<tr><th scope="row">${name(i)}</th>${cells.join("")}</tr>`;
  });
  const rest =
    labels.length > most.length ? ` The ${most.length} of ${labels.length} labels with the most mistakes.` : "";
  return `<p class="muted">Lines: what a text is. Columns: what was answered.${rest}</p>
<div class="scroll"><table class="confusion"><thead><tr><td></td>${head}</tr></thead><tbody>
${lines.join("\n")}
</tbody></table></div>`;
}

/** The fuller a cell the larger its share of the line. */
function cell(count: number, total: number, right: boolean): string {
  if (count === 0) return "<td></td>";
  const share = Math.round((100 * count) / total);
  const colour = right ? "--series-3" : "--series-2";
  return `<td style="background:color-mix(in srgb, var(${colour}) ${Math.max(8, Math.round(share * 0.6))}%, transparent)">${count}</td>`;
}

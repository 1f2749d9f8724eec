import type { Interval } from "../evaluation/bootstrap.js";

/** A Markdown table: `words` columns of words, set to the left, then columns of numbers, set to the right. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[], words = 1): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = `|${header.map((_, i) => (i < words ? "---" : "---:")).join("|")}|`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}

const MINUS = "−";

/** The sign as it is printed; what rounds to nothing has none. */
function signed(digits: string, plus = ""): string {
  if (Number(digits) === 0) return digits.replace("-", "");
  return digits.startsWith("-") ? MINUS + digits.slice(1) : plus + digits;
}

/** A fraction of 1 in per cent, one decimal. */
export function percent(fraction: number): string {
  return signed((100 * fraction).toFixed(1));
}

/** A difference of fractions in points of per cent, with its sign. */
export function points(difference: number): string {
  return signed((100 * difference).toFixed(1), "+");
}

/** `(low to high)` in per cent, or as `format` has it. */
export function between([low, high]: Interval, format: (bound: number) => string = percent): string {
  return `(${format(low)} to ${format(high)})`;
}

/** Milliseconds: two decimals below 10, one below 100, none above. */
export function milliseconds(ms: number): string {
  return ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);
}

/** A ratio of times, three significant digits. */
export function ratio(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

/** Whole numbers with commas: 2,033. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** Words in a row: "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

import type { Shown } from "./blocks.js";

/** Where an output differs from what a page shows of it; nothing is well. `…` stands for whatever is there, figures for any figure. */
export function differences(shown: Shown, output: string): string[] {
  return shown.kind === "json" ? jsonDifferences(shown.text, output) : textDifferences(shown.text, output);
}

const ANYTHING = "…";

function jsonDifferences(shown: string, output: string): string[] {
  let actual: unknown;
  try {
    actual = JSON.parse(output);
  } catch {
    return [`the output is no JSON: ${output.slice(0, 500)}`];
  }
  return compare(JSON.parse(withoutGaps(shown)), actual, "");
}

/** `{ … }` and `[ … ]` stand for anything; `, …` before a bracket says that there is more. */
function withoutGaps(shown: string): string {
  return shown.replace(/[{[]\s*…\s*[}\]]/g, `"${ANYTHING}"`).replace(/,?\s*…\s*(?=[}\]])/g, "");
}

/** Objects may have more fields than are shown and lists more items; texts are equal but for their figures. */
function compare(shown: unknown, actual: unknown, at: string): string[] {
  if (shown === ANYTHING) return actual === undefined ? [`${at} is missing`] : [];
  if (Array.isArray(shown)) {
    if (!Array.isArray(actual)) return [`${at} is no list`];
    return shown.flatMap((item, i) => compare(item, actual[i], `${at}[${i}]`));
  }
  if (isObject(shown)) {
    if (!isObject(actual)) return [`${at} is no object`];
    return Object.entries(shown).flatMap(([name, value]) => compare(value, actual[name], `${at}.${name}`));
  }
  const same =
    typeof shown === "string" && typeof actual === "string"
      ? figureless(shown) === figureless(actual)
      : typeof shown === "number"
        ? typeof actual === "number"
        : shown === actual;
  return same ? [] : [`${at} is ${JSON.stringify(actual)}, not ${JSON.stringify(shown)}`];
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Every line that is shown comes, in this order; a line of `…` alone stands for any number of lines. */
function textDifferences(shown: string, output: string): string[] {
  const pattern = figureless(shown)
    .split("\n")
    .map((line) => (line.trim() === ANYTHING ? "[^]*" : line.split(ANYTHING).map(literal).join(".*")))
    .join("\n");
  // Around a gap the line breaks may be missing, too.
  const whole = new RegExp(`^${pattern.replaceAll("\n[^]*", "[^]*").replaceAll("[^]*\n", "[^]*")}$`);
  return whole.test(figureless(output)) ? [] : [`the output is\n${output}\nnot\n${shown}`];
}

function figureless(text: string): string {
  return text
    .replace(/\d+([.,]\d+)*/g, "0")
    .replace(/[ \t]+/g, " ")
    .replace(/ $/gm, "")
    .trim();
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

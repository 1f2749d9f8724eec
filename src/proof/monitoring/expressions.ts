/** Words of PromQL that stand where a name could; functions are told by the parenthesis that follows them. */
const WORDS = new Set(
  "and or unless bool offset by without on ignoring group_left group_right inf nan start end".split(" "),
);
/** What holds no name of a series: strings, the insides of selectors and ranges, the labels that results are grouped by. */
const ASIDE = /"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const NAME = /(?<![\w:.$])[a-zA-Z_:][\w:]*(?!\s*\()(?![\w:])/g;

/** The names of the series that an expression of PromQL reads, each once. */
export function seriesOf(expression: string): string[] {
  const names = expression.replace(ASIDE, " ").match(NAME) ?? [];
  return [...new Set(names)].filter((name) => !WORDS.has(name.toLowerCase()));
}

import compromise from "compromise";
import dates from "compromise-dates";

/** What was found in a text; what `get` and `json` hold differs by what was looked for. */
interface Found {
  readonly length: number;
  readonly found: boolean;
  get(): unknown;
  json(): unknown;
  isOrdinal(): Found;
}

/** Of compromise and its plugin, whose own types leave the plugin's methods out: what is used here. */
interface EnglishText {
  has(pattern: string): boolean;
  dates(context: { readonly timezone: string; readonly today: string }): Found;
  times(): Found;
  durations(): Found;
  numbers(): Found;
}

/** English, with its dates, times, durations and numbers (compromise and its plugin compromise-dates). */
export const english = compromise.extend(dates) as (text: string) => EnglishText;

/** "five p. m." -> "five pm", "eight o'clock" -> "eight": spellings that the library does not read. */
export function plain(value: string): string {
  return value
    .toLowerCase()
    .replace(/\b([ap])\.?\s?m\b\.?/gu, "$1m")
    .replace(/\s+o['’]?\s?clock\b/gu, "")
    .trim();
}

import compromise from "compromise";
import dates from "compromise-dates";

/** English, with its dates, times, durations and numbers (compromise and its plugin compromise-dates). */
export const english = compromise.extend(dates);

/** "five p. m." -> "five pm", "eight o'clock" -> "eight": spellings that the library does not read. */
export function plain(value: string): string {
  return value
    .toLowerCase()
    .replace(/\b([ap])\.?\s?m\b\.?/gu, "$1m")
    .replace(/\s+o['’]?\s?clock\b/gu, "")
    .trim();
}

import { writeFile } from "node:fs/promises";
import type { Screen } from "../../screen.js";

/** As `--json`: JSON takes the place of the words on stdout. */
export const STDOUT = "-";

/** Writes a report to the file that was asked for, if any, and says it in words; `-` for a file prints the JSON instead. */
export async function tellReport(
  { json, words, file }: { readonly json: string; readonly words: string; readonly file: string | undefined },
  stdout: Screen,
): Promise<void> {
  if (file !== undefined && file !== STDOUT) await writeFile(file, json);
  stdout.write(file === STDOUT ? json : words);
}

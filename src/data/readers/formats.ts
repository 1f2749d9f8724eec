import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { gunzipSync } from "node:zlib";
import { ImportError } from "../errors.js";
import { readConll } from "./conll.js";
import { readCsv } from "./csv.js";
import { readMassive, readOwn } from "./jsonl.js";
import { readRasa } from "./rasa.js";
import { FORMATS, type Format, type Read, type Reader, type ReaderOptions } from "./reader.js";

const READERS: Readonly<Record<Format, Reader>> = {
  ...{ rasa: readRasa, conll: readConll, massive: readMassive, csv: readCsv, jsonl: readOwn },
};

const BY_EXTENSION: Readonly<Record<string, Format>> = {
  ...{ ".yml": "rasa", ".yaml": "rasa" },
  ...{ ".csv": "csv", ".tsv": "csv" },
  ...{ ".conll": "conll", ".bio": "conll", ".iob": "conll", ".iob2": "conll", ".txt": "conll" },
};

/** The format that a file's name says; of JSON Lines its first row. Undefined where neither does. */
export function formatOf(file: string, source: string): Format | undefined {
  const extension = extname(file.replace(/\.gz$/i, "")).toLowerCase();
  if (extension === ".jsonl" || extension === ".json" || extension === ".ndjson") {
    const first = source.split("\n").find((line) => line.trim() !== "") ?? "";
    return first.includes('"annot_utt"') ? "massive" : "jsonl";
  }
  return BY_EXTENSION[extension];
}

/** @throws ImportError when the file can't be read or nobody knows its format */
export async function readData(file: string, format: Format | undefined, options: ReaderOptions): Promise<Read> {
  const source = await textOf(file);
  const found = format ?? formatOf(file, source);
  if (found === undefined) throw new ImportError(`${file}: of what format? Say --format, of ${FORMATS.join(", ")}`);
  return READERS[found](file, source, options);
}

async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    const plain = file.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(plain);
  } catch (cause) {
    const encoding = cause instanceof TypeError ? " as UTF-8" : "";
    throw new ImportError(
      `${file}: can't be read${encoding}: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    );
  }
}

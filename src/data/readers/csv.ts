import { parse, type CsvError, type Info } from "csv-parse/sync";
import type { Fault } from "../place.js";
import type { Annotated } from "../row.js";
import { splitNamed, UNKNOWN_SPLIT, type Read } from "./reader.js";

const COLUMNS = ["text", "intent", "topic", "scenario", "split", "id"] as const;
type Column = (typeof COLUMNS)[number];

/** How others call them. */
const ALIASES: Readonly<Record<string, Column>> = {
  ...{ utterance: "text", sentence: "text", query: "text", example: "text" },
  ...{ label: "intent", category: "intent", class: "intent" },
};

const DELIMITERS = ["\t", ";", ","];

interface Parsed {
  readonly record: string[];
  readonly raw: string;
  readonly info: Info;
}

/** RFC 4180 with a header that names at least `text` and `intent` (or `topic`); commas, semicolons or tabs. */
export function readCsv(file: string, source: string): Read {
  const faults: Fault[] = [];
  const header = source.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0] ?? "";
  const delimiter = DELIMITERS.find((one) => header.includes(one)) ?? ",";
  const records = parse(source, {
    ...{ delimiter, bom: true, info: true, raw: true, skip_empty_lines: true },
    ...{ relax_column_count: true, skip_records_with_error: true },
    on_skip: (error) => {
      if (error) addSyntaxFault(faults, file, error);
      return undefined;
    },
  }) as unknown as Parsed[];
  const [first, ...rest] = records;
  const columns = columnsOf(first?.record ?? []);
  const notes = (first?.record ?? [])
    .filter((_, i) => columns[i] === undefined)
    .map((name) => `${file}: the column ${JSON.stringify(name)} is not used`);
  if (!columns.includes("text") || !(columns.includes("intent") || columns.includes("topic"))) {
    const message = "the first line names the columns: text, intent (or topic), and, if you like, split, id, scenario";
    return { rows: [], faults: [...faults, { place: { file, line: 1, column: 1 }, message }], notes: [] };
  }
  const rows = rest.flatMap((parsed) => rowOf(file, parsed, columns, delimiter, faults));
  return { rows, faults, notes };
}

/** After a stray quote the parser tells of it again at every further one. */
function addSyntaxFault(faults: Fault[], file: string, error: CsvError): void {
  const { lines = 1, column = 0 } = error as unknown as { lines?: number; column?: number | string };
  const message = error.message.replace(/ is found on field \d+/, " is found").replace(/:? at line \d+.*$/s, "");
  if (faults.some(({ place }) => place.line === lines)) return;
  faults.push({
    place: { file, line: lines, column: 1 },
    message: `${message} (column ${Number(column) + 1} of the table)`,
  });
}

function columnsOf(header: readonly string[]): (Column | undefined)[] {
  return header.map((name) => {
    const plain = name.trim().toLowerCase();
    return COLUMNS.find((column) => column === plain) ?? ALIASES[plain];
  });
}

function rowOf(
  file: string,
  { record, raw, info }: Parsed,
  columns: readonly (Column | undefined)[],
  delimiter: string,
  faults: Fault[],
): Annotated[] {
  const body = raw.replace(/^[\r\n]+/, "").replace(/[\r\n]+$/, "");
  const line = info.lines - (body.match(/\n/g)?.length ?? 0);
  const place = (column: Column) => ({ file, ...fieldPlace(body, columns.indexOf(column), delimiter, line) });
  const fault = (column: Column, message: string): Annotated[] => {
    faults.push({ place: place(column), message });
    return [];
  };
  if (record.length !== columns.length) {
    return fault(
      "text",
      `has ${record.length} fields, the header names ${columns.length}; quote a text with a delimiter`,
    );
  }
  const cells: Partial<Record<Column, string>> = {};
  for (const [i, column] of columns.entries()) {
    const value = record[i]?.trim() ?? "";
    if (column !== undefined && value !== "") cells[column] = value;
  }
  const { text, intent, topic, split } = cells;
  if (text === undefined) return fault("text", "the text is empty");
  if (intent === undefined && topic === undefined)
    return fault(columns.includes("intent") ? "intent" : "topic", "has no label");
  if (split !== undefined && splitNamed(split) === undefined) return fault("split", `"${split}" ${UNKNOWN_SPLIT}`);
  const { id, scenario } = cells;
  return [
    {
      ...{ place: place("text"), text, intent, topic, id, scenario, entities: [] },
      split: split === undefined ? undefined : splitNamed(split),
    },
  ];
}

/** Where a field of a record begins. */
function fieldPlace(raw: string, field: number, delimiter: string, line: number): { line: number; column: number } {
  let [column, index, quoted] = [1, 0, false];
  for (const character of raw) {
    if (index === Math.max(0, field)) break;
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) index += 1;
    if (character === "\n") [line, column] = [line + 1, 1];
    else column += character.length;
  }
  return { line, column };
}

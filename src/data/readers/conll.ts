import type { Fault } from "../place.js";
import type { Annotated, Entity } from "../row.js";
import { Notes, splitNamed, UNKNOWN_SPLIT, type Read } from "./reader.js";

const COMMENT = /^#\s*(intent|id|split|text)\s*[=:]\s*(.*)$/;
const TAG = /^(?:O|([BIES])-(.+))$/;

/**
 * One token a line, the tag in its last column, an empty line after each text; columns by tabs or spaces. Comments
 * `# intent: NAME`, `# id: …`, `# split: …` before a text's first token say what BIO has no place for.
 */
export function readConll(file: string, source: string): Read {
  const rows: Annotated[] = [];
  const faults: Fault[] = [];
  const notes = new Notes();
  let open = new Sentence();
  const close = () => {
    const row = open.row(file);
    if (row) rows.push(row);
    open = new Sentence();
  };
  for (const [i, raw] of source.split("\n").entries()) {
    const line = raw.replace(/\r$/, "");
    const at = (column: number) => ({ file, line: i + 1, column });
    const comment = open.isEmpty ? COMMENT.exec(line) : null;
    if (line.trim() === "") close();
    else if (line.startsWith("-DOCSTART-")) continue;
    else if (comment) {
      const [, name = "", value = ""] = comment;
      if (name === "split" && splitNamed(value) === undefined) {
        faults.push({ place: at(line.indexOf(value) + 1), message: `"${value}" ${UNKNOWN_SPLIT}` });
      } else open.comment(name, value.trim());
    } else if (open.isEmpty && /^#\s/.test(line)) notes.add("a comment is not used");
    else {
      const cells = line.trim().split(line.includes("\t") ? /\t+/ : /\s+/);
      const [token = "", tag = ""] = [cells[0], cells.at(-1)];
      const match = cells.length < 2 ? null : TAG.exec(tag.trim());
      if (match) open.add(i + 1, token.trim(), match[1], match[2], notes);
      else {
        const message = cells.length < 2 ? "has a token without a tag" : `"${tag}" is no tag: O, B-name or I-name`;
        faults.push({ place: at(cells.length < 2 ? 1 : line.lastIndexOf(tag) + 1), message });
      }
    }
  }
  close();
  return { rows, faults, notes: notes.list(file) };
}

/** The lines of one text. */
class Sentence {
  #line = 0;
  #text = "";
  readonly #entities: { name: string; start: number; end: number }[] = [];
  readonly #comments = new Map<string, string>();
  #running: string | undefined;

  get isEmpty(): boolean {
    return this.#line === 0;
  }

  comment(name: string, value: string): void {
    this.#comments.set(name, value);
  }

  /** An I- that continues nothing opens a span, as seqeval reads it; E- and S- are BIOES for I- and B-. */
  add(line: number, token: string, kind: string | undefined, name: string | undefined, notes: Notes): void {
    this.#line ||= line;
    const start = this.#text === "" ? 0 : this.#text.length + 1;
    this.#text += (start === 0 ? "" : " ") + token;
    const continues = kind === "I" || kind === "E";
    if (name !== undefined && continues && this.#running === name) {
      this.#entities.at(-1)!.end = this.#text.length;
    } else if (name !== undefined) {
      if (continues) notes.add(`${kind}- that continues nothing opens a slot`);
      this.#entities.push({ name, start, end: this.#text.length });
    }
    this.#running = kind === "E" || kind === "S" ? undefined : name;
  }

  row(file: string): Annotated | undefined {
    if (this.isEmpty) return undefined;
    const entities: readonly Entity[] = this.#entities;
    const split = splitNamed(this.#comments.get("split") ?? "");
    const { intent, id } = Object.fromEntries(this.#comments);
    return { place: { file, line: this.#line, column: 1 }, text: this.#text, entities, intent, id, split };
  }
}

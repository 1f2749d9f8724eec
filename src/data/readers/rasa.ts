import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type Pair, type Scalar } from "yaml";
import type { Fault, Place } from "../place.js";
import type { Annotated } from "../row.js";
import { unbracketRasa } from "./brackets.js";
import { Notes, type Read, type ReaderOptions } from "./reader.js";

/** Sections beside intents: what a model that learns from examples does with them is nothing. */
const UNUSED = ["synonym", "lookup", "regex"] as const;

/** Rasa's training data in YAML: https://rasa.com/docs/rasa/nlu-training-data */
export function readRasa(file: string, source: string, options: ReaderOptions): Read {
  return new RasaFile(file, source, options).read();
}

class RasaFile {
  readonly #lines = new LineCounter();
  readonly #sourceLines: string[];
  readonly #rows: Annotated[] = [];
  readonly #faults: Fault[] = [];
  readonly #notes = new Notes();

  constructor(
    readonly file: string,
    readonly source: string,
    readonly options: ReaderOptions,
  ) {
    this.#sourceLines = source.split("\n");
  }

  read(): Read {
    const document = parseDocument(this.source, { lineCounter: this.#lines, keepSourceTokens: true });
    for (const { pos, message } of document.errors)
      this.#fault(pos[0], message.split("\n")[0]!.replace(/ at line.*$/, ""));
    const root = document.contents;
    if (document.errors.length === 0) {
      if (isMap(root)) for (const pair of root.items as Pair<Scalar>[]) this.#section(pair);
      else this.#fault(0, "is no Rasa file: it has no sections, such as nlu");
    }
    return { rows: this.#rows, faults: this.#faults, notes: this.#notes.list(this.file) };
  }

  #section({ key, value }: Pair<Scalar>): void {
    const name = String(key.value);
    if (name === "version") return;
    if (name !== "nlu") this.#notes.add(`the section ${name} is not training data: not used`);
    else if (isSeq(value)) for (const item of value.items) this.#item(item as Node);
    else this.#fault(offsetOf(key), "nlu is no list");
  }

  #item(item: Node): void {
    if (!isMap(item)) {
      this.#fault(offsetOf(item), "an entry of nlu has neither intent nor synonym, lookup or regex");
      return;
    }
    const unused = UNUSED.find((kind) => item.has(kind));
    if (unused !== undefined) {
      this.#notes.add(`a ${unused} section is not used: slots are learnt from examples`);
      return;
    }
    const intent = item.get("intent", true) as Node | undefined;
    if (!isScalar(intent) || typeof intent.value !== "string" || intent.value.trim() === "") {
      this.#fault(offsetOf(item), "an entry of nlu has no intent");
      return;
    }
    const examples = item.get("examples", true) as Node | undefined;
    const read = this.#rows.length + this.#faults.length;
    if (isSeq(examples)) for (const one of examples.items) this.#listed(intent.value, one as Node);
    else if (isScalar(examples) && typeof examples.value === "string")
      this.#block(intent.value, examples as Scalar<string>);
    if (this.#rows.length + this.#faults.length === read)
      this.#fault(offsetOf(intent), `${intent.value} has no examples`);
  }

  /** An example with metadata, `- text: |`, or a plain string of a list. */
  #listed(intent: string, example: Node): void {
    const text = isMap(example) ? (example.get("text", true) as Node | undefined) : example;
    if (isMap(example) && example.has("metadata")) this.#notes.add("metadata of examples is not used");
    if (!isScalar(text) || typeof text.value !== "string") {
      this.#fault(offsetOf(example), "an example has no text");
      return;
    }
    const { lines, places } = this.#linesOf(text as Scalar<string>);
    const first = lines.findIndex((line) => line.trim() !== "");
    const opening = lines[first] ?? "";
    const place = places[Math.max(0, first)]!;
    const indent = opening.length - opening.trimStart().length;
    this.#example(intent, lines.join("\n").trim(), { ...place, column: place.column + indent });
  }

  /** A block of lines, each `- text`. */
  #block(intent: string, block: Scalar<string>): void {
    const { lines, places } = this.#linesOf(block);
    for (const [i, line] of lines.entries()) {
      if (line.trim() === "") continue;
      const place = places[i]!;
      const dash = /^\s*-\s*/.exec(line);
      if (!dash) this.#faults.push({ place, message: 'an example begins with "- "' });
      else
        this.#example(intent, line.slice(dash[0].length).trimEnd(), {
          ...place,
          column: place.column + dash[0].length,
        });
    }
  }

  #example(intent: string, source: string, place: Place): void {
    const nameOf = (entity: string, role?: string) =>
      this.options.roles && role !== undefined ? `${entity}.${role}` : entity;
    const { text, entities, faults, synonyms, roles, groups, others } = unbracketRasa(source, nameOf);
    for (const { at, message } of faults)
      this.#faults.push({ place: { ...place, column: place.column + at }, message });
    if (synonyms > 0)
      this.#notes.add("the value that an annotation gives is not used: slots are surface strings", synonyms);
    if (roles > 0 && !this.options.roles)
      this.#notes.add("a role is not used; --roles makes it part of the slot", roles);
    if (groups > 0) this.#notes.add("a group is not used", groups);
    if (others > 0) this.#notes.add("of several entities over the same words the first is used", others);
    if (faults.length === 0) this.#rows.push({ place, text, intent: intent.trim(), entities });
  }

  /** Lines of a string and where each stands: below the header of a block, as they are written. */
  #linesOf(scalar: Scalar<string>): { lines: string[]; places: Place[] } {
    const start = this.#place(offsetOf(scalar));
    const isBlock = scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED";
    if (!isBlock) {
      const quote = scalar.type === "PLAIN" ? 0 : 1;
      return { lines: [scalar.value], places: [{ ...start, column: start.column + quote }] };
    }
    const lines = scalar.value.split("\n");
    const places = lines.map((line, i) => {
      const number = start.line + 1 + i;
      const found = this.#sourceLines[number - 1]?.indexOf(line) ?? 0;
      return { file: this.file, line: number, column: Math.max(0, found) + 1 };
    });
    return { lines, places };
  }

  #fault(offset: number, message: string): void {
    this.#faults.push({ place: this.#place(offset), message });
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }
}

const offsetOf = (node: Node): number => node.range?.[0] ?? 0;

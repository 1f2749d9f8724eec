/** Annotations inside a text, as Rasa and MASSIVE write them: what they say, and where they are at fault. */
import type { Entity } from "../row.js";

/** A text without its annotations. Offsets of entities are in `text`; `at` is one in the annotated source. */
export interface Unbracketed {
  readonly text: string;
  readonly entities: Entity[];
  readonly faults: { readonly at: number; readonly message: string }[];
}

/** `wake me up at [time : nine am]`: MASSIVE's `annot_utt`. */
export function unbracketMassive(source: string): Unbracketed {
  const into: Unbracketed = { text: "", entities: [], faults: [] };
  const pattern = /\[([^[\]:]*) : ([^[\]]*)\]/gu;
  let text = "";
  let from = 0;
  for (const match of source.matchAll(pattern)) {
    text += source.slice(from, match.index);
    const [whole, name = "", value = ""] = match;
    into.entities.push({ name: name.trim(), start: text.length, end: text.length + value.length });
    text += value;
    from = match.index + whole.length;
  }
  text += source.slice(from);
  const stray = source.replace(pattern, (whole) => "_".repeat(whole.length)).search(/[[\]]/);
  if (stray >= 0) into.faults.push({ at: stray, message: "a bracket that belongs to no `[slot : value]`" });
  return { ...into, text };
}

/** What an annotation of Rasa's says besides the slot's name. */
interface RasaLabel {
  readonly entity: string;
  readonly role?: string | undefined;
  readonly hasValue: boolean;
  readonly hasGroup: boolean;
  /** Further entities over the same words. */
  readonly others: number;
}

export interface RasaText extends Unbracketed {
  readonly synonyms: number;
  readonly roles: number;
  readonly groups: number;
  readonly others: number;
}

/** `[nine](time)`, `[nine](time:09:00)`, `[nine]{"entity": "time", "role": "start"}`, `[nine][{…}, {…}]`. */
export function unbracketRasa(source: string, nameOf: (entity: string, role?: string) => string): RasaText {
  const entities: Entity[] = [];
  const faults: { at: number; message: string }[] = [];
  const counts = { synonyms: 0, roles: 0, groups: 0, others: 0 };
  let text = "";
  let at = 0;
  while (at < source.length) {
    const close = source[at] === "[" ? source.indexOf("]", at) : -1;
    const opener = source[close + 1];
    // Brackets that no label follows are part of what people say.
    if (close < 0 || (opener !== "(" && opener !== "{" && opener !== "[")) {
      text += source[at]!;
      at += 1;
      continue;
    }
    const value = source.slice(at + 1, close);
    const end = endOfLabel(source, close + 1);
    const label = end === undefined ? undefined : labelOf(source.slice(close + 1, end));
    if (typeof label !== "object") {
      faults.push({ at: close + 1, message: label ?? `the label after "[${value}]" is not closed` });
      return { text, entities, faults, ...counts };
    }
    if (value.trim() === "") faults.push({ at, message: "the annotated text is empty" });
    else entities.push({ name: nameOf(label.entity, label.role), start: text.length, end: text.length + value.length });
    counts.synonyms += Number(label.hasValue);
    counts.roles += Number(label.role !== undefined);
    counts.groups += Number(label.hasGroup);
    counts.others += label.others;
    text += value;
    at = end!;
  }
  return { text, entities, faults, ...counts };
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "{": "}", "[": "]" };

/** The offset behind a label; undefined when it is not closed. Brackets inside of JSON's strings don't count. */
function endOfLabel(source: string, start: number): number | undefined {
  const opening = source[start]!;
  if (opening === "(") {
    const end = source.indexOf(")", start);
    return end < 0 ? undefined : end + 1;
  }
  let depth = 0;
  let quoted = false;
  for (let i = start; i < source.length; i++) {
    const character = source[i]!;
    if (quoted && character === "\\") i += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === opening) depth += 1;
    else if (!quoted && character === CLOSING[opening]) depth -= 1;
    if (depth === 0) return i + 1;
  }
  return undefined;
}

/** A string says what is wrong. */
function labelOf(label: string): RasaLabel | string {
  if (label.startsWith("(")) {
    const [entity = "", ...value] = label.slice(1, -1).split(":");
    if (entity.trim() === "") return "the label has no name: [value](name)";
    return { entity: entity.trim(), hasValue: value.length > 0, hasGroup: false, others: 0 };
  }
  let json: unknown;
  try {
    json = JSON.parse(label);
  } catch {
    return `the label ${label} is no JSON`;
  }
  const [first, ...others] = (Array.isArray(json) ? json : [json]) as Record<string, unknown>[];
  const { entity, role, value, group } = first ?? {};
  if (typeof entity !== "string" || entity.trim() === "") return 'the label has no "entity"';
  return {
    entity: entity.trim(),
    role: typeof role === "string" && role !== "" ? role : undefined,
    hasValue: value !== undefined,
    hasGroup: group !== undefined,
    others: others.length,
  };
}

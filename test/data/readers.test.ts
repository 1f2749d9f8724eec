import { describe, expect, test } from "vitest";
import { faultText } from "../../src/data/place.js";
import { readConll } from "../../src/data/readers/conll.js";
import { readCsv } from "../../src/data/readers/csv.js";
import { formatOf } from "../../src/data/readers/formats.js";
import { readMassive, readOwn } from "../../src/data/readers/jsonl.js";
import { readRasa } from "../../src/data/readers/rasa.js";
import type { Read } from "../../src/data/readers/reader.js";

/** Rows in short: `intent: text | name=value`. */
const short = ({ rows }: Read) =>
  rows.map(({ text, intent, entities }) =>
    [`${intent ?? "-"}: ${text}`, ...entities.map(({ name, start, end }) => `${name}=${text.slice(start, end)}`)].join(
      " | ",
    ),
  );
const faults = (read: Read) => read.faults.map(faultText);

describe("Rasa", () => {
  const rasa = (source: string, roles = false) => readRasa("nlu.yml", source, { roles });

  test("every way of annotating is read", () => {
    const read = rasa(`version: "3.1"
nlu:
- intent: alarm_set
  examples: |
    - wake me at [nine](time)
    - wake me at [neun](time:09:00) 🍕 [tomorrow]{"entity": "date", "value": "2030-01-01"}
    - from [berlin]{"entity": "city", "role": "departure"} to [rome][{"entity": "city"}, {"entity": "capital"}]
    - keep [this] as it is
- intent: faq/ask
  examples:
  - text: |
      - what is this
    metadata: {sentiment: neutral}
  - "who are you"
`);
    expect(faults(read)).toEqual([]);
    expect(short(read)).toEqual([
      "alarm_set: wake me at nine | time=nine",
      "alarm_set: wake me at neun 🍕 tomorrow | time=neun | date=tomorrow",
      "alarm_set: from berlin to rome | city=berlin | city=rome",
      "alarm_set: keep [this] as it is",
      "faq/ask: - what is this",
      "faq/ask: who are you",
    ]);
    expect(read.notes).toEqual([
      "nlu.yml: the value that an annotation gives is not used: slots are surface strings (2 times)",
      "nlu.yml: a role is not used; --roles makes it part of the slot",
      "nlu.yml: of several entities over the same words the first is used",
      "nlu.yml: metadata of examples is not used",
    ]);
  });

  test("a row knows where its text begins", () => {
    const { rows } = rasa(
      'nlu:\n- intent: a\n  examples: |\n    - one\n\n    -   two\n- intent: b\n  examples: ["x"]\n',
    );
    expect(rows.map(({ place }) => `${place.line}:${place.column}`)).toEqual(["4:7", "6:9", "8:15"]);
  });

  test("roles may become part of a slot", () => {
    const read = rasa('nlu:\n- intent: a\n  examples: |\n    - [x]{"entity": "city", "role": "to"}\n', true);
    expect(short(read)).toEqual(["a: x | city.to=x"]);
  });

  test("what is not used is noted", () => {
    const { notes, rows } = rasa(`nlu:
- synonym: credit
  examples: |
    - credit card
- lookup: country
  examples: |
    - chad
- regex: zip
  examples: |
    - \\d{5}
stories: []
`);
    expect(rows).toEqual([]);
    expect(notes.map((note) => /(synonym|lookup|regex|stories)/.exec(note)?.[0])).toEqual([
      "synonym",
      "lookup",
      "regex",
      "stories",
    ]);
  });

  test("all faults are told with their places, and the good rows stay", () => {
    const read = rasa(`nlu:
- intent: a
  examples: |
    - [nine](time and more
    no dash
    - good
    - [x]{"entity": "b}
    - [x]{"role": "b"}
    - [ ](time)
- intent: ""
  examples: |
    - text
- story: c
- intent: empty
`);
    expect(faults(read)).toEqual([
      'nlu.yml:4:13: the label after "[nine]" is not closed',
      'nlu.yml:5:5: an example begins with "- "',
      'nlu.yml:7:10: the label after "[x]" is not closed',
      'nlu.yml:8:10: the label has no "entity"',
      "nlu.yml:9:7: the annotated text is empty",
      "nlu.yml:10:3: an entry of nlu has no intent",
      "nlu.yml:13:3: an entry of nlu has no intent",
      "nlu.yml:14:11: empty has no examples",
    ]);
    expect(short(read)).toEqual(["a: good"]);
  });

  test("YAML that is none is told with its place", () => {
    expect(faults(rasa("nlu:\n- intent: a\n  examples: |\n    - b\n  - c: [\n"))[0]).toMatch(/^nlu\.yml:\d+:\d+: /);
    expect(faults(rasa("- a\n"))).toEqual(["nlu.yml:1:1: is no Rasa file: it has no sections, such as nlu"]);
  });
});

describe("CoNLL", () => {
  test("tokens and tags become texts, comments say the intent", () => {
    const read = readConll(
      "a.conll",
      "-DOCSTART- -X- O\n\n# intent: alarm_set\n# split = validation\nwake VB O\nme PRP O\nat IN O\nnine CD B-time\nam NN I-time\n\n" +
        "🍕\tB-food\r\nnow\tO\r\n",
    );
    expect(faults(read)).toEqual([]);
    expect(short(read)).toEqual(["alarm_set: wake me at nine am | time=nine am", "-: 🍕 now | food=🍕"]);
    expect(read.rows.map(({ place: { line }, split }) => [line, split])).toEqual([
      [5, "dev"],
      [11, undefined],
    ]);
  });

  test("an I- that continues nothing opens a slot, and BIOES is read", () => {
    const read = readConll("a.bio", "a I-x\nb B-x\nc I-y\nd B-z\ne E-z\nf I-z\ng S-z\nh I-z\n");
    expect(short(read)).toEqual(["-: a b c d e f g h | x=a | x=b | y=c | z=d e | z=f | z=g | z=h"]);
    expect(read.notes).toEqual(["a.bio: I- that continues nothing opens a slot (4 times)"]);
  });

  test("all faults are told", () => {
    expect(faults(readConll("a.bio", "a O\nb\nc  B_time\n\n# split: odd\nd O\n"))).toEqual([
      "a.bio:2:1: has a token without a tag",
      'a.bio:3:4: "B_time" is no tag: O, B-name or I-name',
      'a.bio:5:10: "odd" is no split; there are train, dev (validation) and test',
    ]);
  });
});

describe("CSV", () => {
  test("quotes, line breaks, a byte order mark and other columns are read as RFC 4180 has them", () => {
    const read = readCsv(
      "a.csv",
      '\ufeffText,Label,Split,extra\r\n"say ""hi"", now\nor later",greet,val,1\r\n\r\nbye,leave,,2\r\n',
    );
    expect(faults(read)).toEqual([]);
    expect(short(read)).toEqual(['greet: say "hi", now\nor later', "leave: bye"]);
    expect(read.rows.map(({ split, place }) => [split, place.line, place.column])).toEqual([
      ["dev", 2, 1],
      [undefined, 5, 1],
    ]);
    expect(read.notes).toEqual(['a.csv: the column "extra" is not used']);
  });

  test.each([
    [";", "text;intent\na, b;x\n"],
    ["tabs", "text\tintent\na, b\tx\n"],
  ])("%s separate, too", (_name, source) => {
    expect(short(readCsv("a.csv", source))).toEqual(["x: a, b"]);
  });

  test("all faults are told with line and column", () => {
    const read = readCsv("a.csv", 'text,intent,split\n"two\nlines",,\n ,x,\na,x,odd\na,b,c,d\ngood,x,\n');
    expect(faults(read)).toEqual([
      "a.csv:3:8: has no label",
      "a.csv:4:1: the text is empty",
      'a.csv:5:5: "odd" is no split; there are train, dev (validation) and test',
      "a.csv:6:1: has 4 fields, the header names 3; quote a text with a delimiter",
    ]);
    expect(short(read)).toEqual(["x: good"]);
  });

  test("a stray quote is told once, an open one, too", () => {
    expect(faults(readCsv("a.csv", 'text,intent\nsay "hi" to "him",x\n'))).toEqual([
      expect.stringMatching(/^a\.csv:2:1: Invalid Opening Quote/),
    ]);
    expect(faults(readCsv("a.csv", 'text,intent\n"open,x\n'))[0]).toMatch(/^a\.csv:\d+:1: Quote Not Closed/);
  });

  test("a table without a header is told what it lacks", () => {
    expect(faults(readCsv("a.csv", "hello,greet\n"))).toEqual([
      expect.stringMatching(/^a\.csv:1:1: the first line names/),
    ]);
  });
});

describe("JSON Lines", () => {
  test("MASSIVE's annotations are read, as far as they agree with its text", () => {
    const row = (fields: object) =>
      JSON.stringify({ id: 7, locale: "en-US", partition: "dev", intent: "alarm_set", scenario: "alarm", ...fields });
    const read = readMassive(
      "en-US.jsonl",
      [
        row({ utt: "wake me at nine am", annot_utt: "wake me at [time : nine am]" }),
        row({ utt: "wake me", annot_utt: "wake you" }),
        row({ utt: "a b", annot_utt: "a [time : b" }),
        row({ partition: "odd", utt: "a", annot_utt: "a" }),
        '{"intent": "a", "annot_utt": }',
        '{"annot_utt": "a"}',
      ].join("\n"),
    );
    expect(short(read)).toEqual(["alarm_set: wake me at nine am | time=nine am"]);
    expect(read.rows[0]).toMatchObject({ id: "7", split: "dev", scenario: "alarm", place: { line: 1 } });
    expect(faults(read)).toEqual([
      expect.stringMatching(/^en-US\.jsonl:2:\d+: annot_utt without its brackets is not utt$/),
      expect.stringMatching(/^en-US\.jsonl:3:\d+: a bracket that belongs to no/),
      expect.stringMatching(/^en-US\.jsonl:4:\d+: "odd" is no split/),
      expect.stringMatching(/^en-US\.jsonl:5:30: is no JSON/),
      expect.stringMatching(/^en-US\.jsonl:6:1: intent/),
    ]);
  });

  test("our own rows come back as they are", () => {
    const row = { id: "a", split: "dev", text: "🍕 at nine", intent: "order", scenario: "food" };
    const entities = [{ type: "time", value: "nine", start: 5, end: 9 }];
    const bio = { ...row, tokens: ["🍕", "at", "nine"], slots: ["B-food", "O", "O"] };
    const read = readOwn("a.jsonl", `${JSON.stringify({ ...row, entities })}\n\n${JSON.stringify(bio)}\n`);
    expect(short(read)).toEqual(["order: 🍕 at nine | time=nine", "order: 🍕 at nine | food=🍕"]);
    expect(read.rows[0]).toMatchObject({ id: "a", split: "dev", scenario: "food" });
    expect(
      faults(readOwn("a.jsonl", JSON.stringify({ ...row, entities: [{ type: "x", start: 0, end: 99 }] }))),
    ).toEqual([expect.stringMatching(/^a\.jsonl:1:\d+: entities\[0\]: 0 to 99 is no part of the text/)]);
  });
});

test.each([
  ["nlu.yml", "", "rasa"],
  ["a.TSV", "", "csv"],
  ["a.bio.gz", "", "conll"],
  ["a.jsonl", '{"annot_utt": "x"}', "massive"],
  ["a.jsonl.gz", '\n{"text": "x"}', "jsonl"],
  ["a.docx", "", undefined],
])("%s with %j is %s", (file, source, format) => {
  expect(formatOf(file, source)).toBe(format);
});

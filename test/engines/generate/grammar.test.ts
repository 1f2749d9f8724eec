import fc from "fast-check";
import type { LlamaGrammar } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LoadedModel } from "../../../src/engines/decoder/model.js";
import { answerGrammar, answerSchema, type AnswerSchema } from "../../../src/engines/generate/grammar.js";
import { decoderManifest } from "../../bundle/manifests.js";
import { accepts, tinyBundle, tinyModel } from "./tiny.js";

const { tasks } = decoderManifest();

test("the schema of an answer holds the labels of what is asked for; of slots the names, each once", () => {
  expect(answerSchema(tasks, ["topic", "slots", "intent"])).toEqual({
    intent: ["a", "b"],
    slots: ["x"],
    topic: ["t", "u"],
  });
  expect(answerSchema(tasks, ["slots"])).toEqual({ slots: ["x"] });
  expect(answerSchema({ intent: tasks.intent! }, ["intent", "slots", "topic"])).toEqual({ intent: ["a", "b"] });
});

test("the grammar is this", () => {
  expect(answerGrammar({ intent: ["a", 'b"c'], slots: ["x", "d\\e"], topic: ["t"] })).toBe(
    String.raw`root ::= "{" "\"intent\":" intent "," "\"slots\":" slots "," "\"topic\":" topic "}"
intent ::= "\"a\"" | "\"b\\\"c\""
slots ::= "[" (slot ("," slot)*)? "]"
slot ::= "{" name ":" string "}"
name ::= "\"x\"" | "\"d\\\\e\""
string ::= "\"" character+ "\""
character ::= [^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})
topic ::= "\"t\""
`,
  );
  expect(answerGrammar({ topic: ["t"] })).toBe('root ::= "{" "\\"topic\\":" topic "}"\ntopic ::= "\\"t\\""\n');
});

test("values of the text are runs of its words", () => {
  expect(answerGrammar({ slots: ["x"] }, ["nine", 'o"clock'])).toBe(
    String.raw`root ::= "{" "\"slots\":" slots "}"
slots ::= "[" (slot ("," slot)*)? "]"
slot ::= "{" name ":" string "}"
name ::= "\"x\""
string ::= "\"" " "? (word-0 | word-1) "\""
word-0 ::= "nine" (" " word-1)?
word-1 ::= "o\\\"clock"
`,
  );
  expect(answerGrammar({ slots: ["x"] }, [])).toContain('slots ::= "[]"');
});

describe("in llama.cpp", () => {
  let loaded: LoadedModel;
  beforeAll(async () => {
    loaded = await tinyModel(await tinyBundle("tiny-causal"));
  });
  afterAll(async () => {
    await loaded[Symbol.asyncDispose]();
  });

  const grammarOf = (schema: AnswerSchema, words?: readonly string[]): Promise<LlamaGrammar> =>
    loaded.model.llama.createGrammar({ grammar: answerGrammar(schema, words) });

  test.each([
    ['{"slots":[{"x":" nine am"}]}', true],
    ['{"slots":[{"x":"am"},{"x":"nine"}]}', true],
    ['{"slots":[{"x":"at nine am"}]}', true],
    ['{"slots":[{"x":"at am"}]}', false],
    ['{"slots":[{"x":"nin"}]}', false],
    ['{"slots":[{"x":" "}]}', false],
    ['{"slots":[{"x":"ten"}]}', false],
  ])("a value of the words at, nine, am: %s", async (json, allowed) => {
    expect(accepts(loaded.model, await grammarOf({ slots: ["x"] }, ["at", "nine", "am"]), json)).toBe(allowed);
  });

  const ALL: AnswerSchema = {
    intent: ["alarm_set", "alarm", 'say "hi"', "back\\slash", "café[1]"],
    slots: ["time", 'a "b"'],
    topic: ["rec.autos", "{}"],
  };

  describe("with every task", () => {
    let grammar: LlamaGrammar;
    beforeAll(async () => {
      grammar = await grammarOf(ALL);
    });

    test.each([
      ["no slot", '{"intent":"alarm_set","slots":[],"topic":"rec.autos"}'],
      ["a label that begins another", '{"intent":"alarm","slots":[],"topic":"rec.autos"}'],
      ["labels with quotes", String.raw`{"intent":"say \"hi\"","slots":[{"a \"b\"":"x"}],"topic":"{}"}`],
      ["a label with a backslash", String.raw`{"intent":"back\\slash","slots":[],"topic":"rec.autos"}`],
      ["a label beyond ASCII", '{"intent":"café[1]","slots":[],"topic":"rec.autos"}'],
      ["several slots, one name twice", '{"intent":"alarm","slots":[{"time":"a"},{"time":"b"}],"topic":"{}"}'],
      ["any letters as a value", '{"intent":"alarm","slots":[{"time":"ünï 🎺 {}[],:\u007f"}],"topic":"{}"}'],
      ["every escape", String.raw`{"intent":"alarm","slots":[{"time":"\"\\\/\b\f\n\r\t\u00eF"}],"topic":"{}"}`],
    ])("takes an answer with %s", (_name, json) => {
      expect(() => JSON.parse(json) as unknown).not.toThrow();
      expect(accepts(loaded.model, grammar, json)).toBe(true);
    });

    test.each([
      ["nothing", ""],
      ["another label", '{"intent":"joke","slots":[],"topic":"{}"}'],
      ["half a label", '{"intent":"alarm_","slots":[],"topic":"{}"}'],
      ["a label of another task", '{"intent":"rec.autos","slots":[],"topic":"{}"}'],
      ["another slot", '{"intent":"alarm","slots":[{"date":"a"}],"topic":"{}"}'],
      ["an empty value", '{"intent":"alarm","slots":[{"time":""}],"topic":"{}"}'],
      ["an empty slot", '{"intent":"alarm","slots":[{}],"topic":"{}"}'],
      ["two names in a slot", '{"intent":"alarm","slots":[{"time":"a","time":"b"}],"topic":"{}"}'],
      ["a value that is no string", '{"intent":"alarm","slots":[{"time":9}],"topic":"{}"}'],
      ["another order", '{"slots":[],"intent":"alarm","topic":"{}"}'],
      ["a task too few", '{"intent":"alarm","slots":[]}'],
      ["white space", '{"intent": "alarm","slots":[],"topic":"{}"}'],
      ["a comma at the end", '{"intent":"alarm","slots":[{"time":"a"},],"topic":"{}"}'],
      ["no end", '{"intent":"alarm","slots":[],"topic":"{}"'],
      ["more after its end", '{"intent":"alarm","slots":[],"topic":"{}"}}'],
      ["a line break in a value", '{"intent":"alarm","slots":[{"time":"a\nb"}],"topic":"{}"}'],
      ["an unknown escape", String.raw`{"intent":"alarm","slots":[{"time":"\x"}],"topic":"{}"}`],
      ["half an escape", String.raw`{"intent":"alarm","slots":[{"time":"\u00e"}],"topic":"{}"}`],
    ])("does not take an answer with %s", (_name, json) => {
      expect(accepts(loaded.model, grammar, json)).toBe(false);
    });
  });

  test.each([
    [["intent"], '{"intent":"alarm"}'],
    [["slots"], '{"slots":[{"time":"a"}]}'],
    [["topic"], '{"topic":"{}"}'],
    [["intent", "topic"], '{"intent":"alarm","topic":"{}"}'],
    [["slots", "topic"], '{"slots":[],"topic":"{}"}'],
  ] as const)("takes an answer of %j and of nothing else", async (asked, json) => {
    const schema = Object.fromEntries(asked.map((task) => [task, ALL[task]])) as AnswerSchema;
    const grammar = await grammarOf(schema);
    expect(accepts(loaded.model, grammar, json)).toBe(true);
    expect(accepts(loaded.model, grammar, '{"intent":"alarm","slots":[],"topic":"{}"}')).toBe(false);
  });

  test("takes any labels and any values", async () => {
    const label = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        label,
        label,
        label,
        fc.string({ unit: "grapheme", minLength: 1 }),
        async (a, b, name, value) => {
          const grammar = await grammarOf({ intent: [a], slots: [name], topic: [b] });
          const json = JSON.stringify({ intent: a, slots: [{ [name]: value }], topic: b });
          expect(accepts(loaded.model, grammar, json)).toBe(true);
          expect(accepts(loaded.model, grammar, JSON.stringify({ intent: `${a}x`, slots: [], topic: b }))).toBe(false);
        },
      ),
      { numRuns: 50 },
    );
  });
});

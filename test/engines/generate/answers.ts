import fc from "fast-check";

/** A stretch of an answer; `label`: what stands between a label's quotes, the closing one included. */
interface Part {
  readonly text: string;
  readonly label?: boolean;
}

/** An answer as the grammar allows it, cut where labels begin and end. */
export interface SampleAnswer {
  readonly parts: readonly Part[];
  readonly intent?: string | undefined;
  readonly slots?: readonly Readonly<Record<string, string>>[] | undefined;
  readonly topic?: string | undefined;
}

/** Labels and values that look like the answer around them. */
const TRICKY = [
  "alarm_set",
  'say "hi"',
  "back\\slash",
  "café[1]",
  "{}",
  '"',
  "}]}",
  '{"',
  ":",
  ",",
  "[",
  '":"',
  "\\",
  "🎺",
];
const name = fc.constantFrom(...TRICKY);
const value = fc.oneof(name, fc.string({ unit: "grapheme", minLength: 1 }));

const label = (text: string): Part[] => [{ text: '"' }, { text: JSON.stringify(text).slice(1), label: true }];

/** Joins lists of parts with a comma between them. */
function joined(lists: readonly Part[][]): Part[] {
  return lists.flatMap((parts, i) => (i === 0 ? parts : [{ text: "," }, ...parts]));
}

/** Random answers, at least one task in each. */
export const sampleAnswer: fc.Arbitrary<SampleAnswer> = fc
  .record({
    intent: fc.option(name, { nil: undefined }),
    slots: fc.option(fc.array(fc.tuple(name, value), { maxLength: 4 }), { nil: undefined }),
    topic: fc.option(name, { nil: undefined }),
    /** Whether values are spelt with `\u` where they can be. */
    escaped: fc.boolean(),
  })
  .filter(({ intent, slots, topic }) => (intent ?? slots ?? topic) !== undefined)
  .map(({ intent, slots, topic, escaped }) => {
    const spell = (text: string) => (escaped ? asEscapes(text) : JSON.stringify(text));
    const members: Part[][] = [];
    if (intent !== undefined) members.push([{ text: '"intent":' }, ...label(intent)]);
    if (slots) {
      const list = slots.map(([slot, said]): Part[] => [{ text: "{" }, ...label(slot), { text: `:${spell(said)}}` }]);
      members.push([{ text: '"slots":[' }, ...joined(list), { text: "]" }]);
    }
    if (topic !== undefined) members.push([{ text: '"topic":' }, ...label(topic)]);
    return {
      parts: [{ text: "{" }, ...joined(members), { text: "}" }],
      intent,
      slots: slots?.map(([slot, said]) => ({ [slot]: said })),
      topic,
    };
  });

function asEscapes(text: string): string {
  const codes = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, "0"));
  return `"${codes.map((code) => `\\u${code}`).join("")}"`;
}

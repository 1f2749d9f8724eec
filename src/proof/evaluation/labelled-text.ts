import { z } from "zod";
import { TASK_NAMES, type TaskName } from "../../tasks/task.js";
import { spansOfTags } from "./bio.js";
import { EvaluationError } from "./errors.js";

/** A slot of a text: half-open offsets in UTF-16 code units. */
export interface Span {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A text and its gold labels; a task without gold labels is absent. */
export interface LabelledText {
  readonly id: string;
  readonly text: string;
  readonly intent?: string;
  readonly slots?: readonly Span[];
  readonly topic?: string;
  /** The group of `topic`. */
  readonly group?: string;
}

const Offset = z.int().nonnegative();

/** A row of a data file. Offsets are in code points, the unit of the tools that make such files. */
const Row = z
  .object({
    id: z.union([z.string(), z.number()]).transform(String),
    text: z.string().min(1),
    intent: z.string().min(1).optional(),
    entities: z
      .array(z.object({ type: z.string().min(1), value: z.string().optional(), start: Offset, end: Offset }))
      .optional(),
    tokens: z.array(z.string().min(1)).optional(),
    slots: z.array(z.string().regex(/^(O|[BI]-.+)$/, "a BIO tag: O, B-name or I-name")).optional(),
    topic: z.string().min(1).optional(),
    topic7: z.string().min(1).optional(),
  })
  .refine((row) => row.entities !== undefined || row.slots === undefined || row.tokens?.length === row.slots.length, {
    message: "needs one token a tag",
    path: ["tokens"],
  })
  .refine(
    (row) => row.intent ?? row.entities ?? row.slots ?? row.topic,
    "has no label: needs intent, entities, tokens with slots, or topic",
  );

type Row = z.infer<typeof Row>;

/** Index in UTF-16 code units of every code point of `text`, and its length. */
function codeUnitOffsets(text: string): number[] {
  const offsets = [0];
  for (const character of text) offsets.push((offsets.at(-1) ?? 0) + character.length);
  return offsets;
}

function spansOfEntities(text: string, entities: NonNullable<Row["entities"]>): Span[] {
  const offsets = codeUnitOffsets(text);
  return entities.map((entity, i) => {
    const start = offsets[entity.start];
    const end = offsets[entity.end];
    if (start === undefined || end === undefined || start >= end) {
      throw new EvaluationError(`entities[${i}]: ${entity.start} to ${entity.end} is no part of the text`);
    }
    const value = text.slice(start, end);
    if (entity.value !== undefined && entity.value !== value) {
      throw new EvaluationError(
        `entities[${i}]: the text has "${value}" at ${entity.start}, not "${entity.value}"; offsets count code points`,
      );
    }
    return { name: entity.type, start, end };
  });
}

function goldSlots(row: Row): readonly Span[] | undefined {
  if (row.entities) return spansOfEntities(row.text, row.entities);
  if (row.slots && row.tokens) return spansOfTags(row.text, row.tokens, row.slots);
  return undefined;
}

/** @throws EvaluationError that says what is wrong with the row, without its place. */
export function parseRow(line: string): LabelledText {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new EvaluationError("is not JSON", { cause });
  }
  const parsed = Row.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => [issue.path.join("."), issue.message].filter(Boolean).join(": "));
    throw new EvaluationError(faults.join("; "), { cause: parsed.error });
  }
  const { id, text, intent, topic, topic7 } = parsed.data;
  const slots = goldSlots(parsed.data);
  return {
    id,
    text,
    ...(intent !== undefined && { intent }),
    ...(slots !== undefined && { slots }),
    ...(topic !== undefined && { topic }),
    ...(topic7 !== undefined && { group: topic7 }),
  };
}

export function tasksOf(row: LabelledText): TaskName[] {
  return TASK_NAMES.filter((task) => row[task] !== undefined);
}

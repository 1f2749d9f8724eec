import { readFileSync } from "node:fs";
import { z } from "zod";
import { linesOf } from "../proof/evaluation/read.js";
import { BundlingError } from "./errors.js";

const Names = z.array(z.string().min(1)).min(1);

/** What a model may answer: names of intents and of slots, the group of each topic. */
export const Labels = z
  .strictObject({
    intent: Names.optional(),
    slots: Names.optional(),
    topic: Names.transform((names) => Object.fromEntries(names.map((name) => [name, name])))
      .or(z.record(z.string(), z.string()))
      .optional(),
  })
  .refine((labels) => labels.intent ?? labels.slots ?? labels.topic, "names neither intent nor slots nor topic");
export type Labels = z.infer<typeof Labels>;

/** @throws BundlingError */
export function readLabels(file: string): Labels {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new BundlingError(`--labels: ${file} can't be read as JSON`, { cause });
  }
  const parsed = Labels.safeParse(json);
  if (parsed.success) return parsed.data;
  const advice = '{"intent": ["…"], "slots": ["…"], "topic": {"label": "group"}}';
  throw new BundlingError(`--labels: ${file} is not ${advice}:\n${z.prettifyError(parsed.error)}`);
}

const Row = z.looseObject({
  intent: z.string().optional(),
  topic: z.string().optional(),
  topic7: z.string().optional(),
  entities: z.array(z.looseObject({ type: z.string() })).optional(),
  slots: z.array(z.string()).optional(),
});

/** All labels that rows of docs/data-format.md have, in alphabetical order. @throws BundlingError */
export async function labelsOfData(file: string): Promise<Labels> {
  const [intents, slots] = [new Set<string>(), new Set<string>()];
  const topics = new Map<string, string>();
  try {
    for await (const line of linesOf(file)) {
      if (line.trim() === "") continue;
      const row = Row.parse(JSON.parse(line));
      if (row.intent !== undefined) intents.add(row.intent);
      if (row.topic !== undefined) topics.set(row.topic, row.topic7 ?? row.topic);
      for (const { type } of row.entities ?? []) slots.add(type);
      for (const tag of row.slots ?? []) if (tag !== "O") slots.add(tag.slice("B-".length));
    }
  } catch (cause) {
    throw new BundlingError(`--data: ${file} can't be read as rows: ${String(cause)}`, { cause });
  }
  const labels = Labels.safeParse({
    ...(intents.size > 0 && { intent: [...intents].sort() }),
    ...(slots.size > 0 && { slots: [...slots].sort() }),
    ...(topics.size > 0 && { topic: Object.fromEntries([...topics].sort()) }),
  });
  if (labels.success) return labels.data;
  throw new BundlingError(`--data: ${file} has no labels`);
}

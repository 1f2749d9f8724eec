import { z } from "zod";

const Steps = { step: z.int(), steps: z.int() };

/** Fractions of 1 by name: `intent`, `slot_f1`, … */
const Scores = z.record(z.string(), z.number());

/** What `training/own/events.py` tells, a JSON line each. */
export const TrainingEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("start"), model: z.string() }),
  z.object({ event: z.literal("note"), text: z.string() }),
  /** Steps are taken from here on: more than 0 were taken before, by a training that was stopped. */
  z.object({ event: z.literal("train"), ...Steps }),
  z.object({ event: z.literal("step"), ...Steps, loss: z.number() }),
  z.object({ event: z.literal("scores"), step: z.int(), scores: Scores, best: z.boolean() }),
  /** Dev gets no better. */
  z.object({ event: z.literal("early"), ...Steps }),
  z.object({ event: z.literal("stopped") }),
  z.object({ event: z.literal("export") }),
  z.object({
    event: z.literal("done"),
    folder: z.string(),
    /** After which the weights were best. */
    steps: z.int(),
    /** `loss` and `dev NAME` by step. */
    curve: z.array(z.record(z.string(), z.number())),
  }),
]);
export type TrainingEvent = z.infer<typeof TrainingEvent>;
export type Curve = Extract<TrainingEvent, { event: "done" }>["curve"];

/** Undefined for a line that is none of ours. */
export function parseEvent(line: string): TrainingEvent | undefined {
  try {
    return TrainingEvent.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

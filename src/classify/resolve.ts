import type { Manifest } from "../bundle/manifest.js";
import { Resolver } from "../resolve/resolver.js";
import type { SlotAnswer, TextAnswer } from "./answer.js";
import type { ClassifyRequest } from "./request.js";

/** Says what the slots of answers stand for, where their bundle says which of them hold dates, times or numbers. */
export class SlotResolver {
  constructor(private readonly resolver: Pick<Resolver, "resolve"> = new Resolver()) {}

  async resolve(
    answers: readonly TextAnswer[],
    { tasks }: Pick<Manifest, "tasks">,
    { timezone, reference_time: time = new Date().toISOString() }: Pick<ClassifyRequest, "timezone" | "reference_time">,
  ): Promise<TextAnswer[]> {
    const kinds = new Map(Object.entries(tasks.slots?.resolve ?? {}));
    const asked = answers.flatMap(({ slots = [] }) => slots.filter(({ name }) => kinds.has(name)));
    const values = asked.map(({ name, value }) => ({ value, kind: kinds.get(name)! }));
    const found = await this.resolver.resolve(values, { time, timezone });
    const resolved = new Map(asked.map((slot, i) => [slot, found[i] ?? null]));
    const withResolved = (slot: SlotAnswer): SlotAnswer => {
      const own = resolved.get(slot);
      return own === undefined ? slot : { ...slot, resolved: own };
    };
    return answers.map((answer) => ({ ...answer, ...(answer.slots && { slots: answer.slots.map(withResolved) }) }));
  }
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { FoundBundle } from "./bundles.js";
import { LoadTestError } from "./errors.js";
import type { ServedEngine, Target } from "./targets.js";

/** Fractions of 1. */
const Accuracy = z.object({ intent: z.number().min(0).max(1), slot_f1: z.number().min(0).max(1) });
export type Accuracy = z.infer<typeof Accuracy>;

const AccuracyFile = z.record(z.string(), Accuracy);

/** What `npm run evaluate` writes, as far as it matters here. */
const Evaluation = z.object({
  bundle: z.string(),
  engine: z.string().optional(),
  data: z.array(z.object({ intent: z.object({ accuracy: z.number() }), slots: z.object({ f1: z.number() }) })).min(1),
  options: z.looseObject({ perturb: z.string().optional(), limit: z.number().optional() }).default({}),
  partial: z.boolean().optional(),
});

/** Accuracy by label. @throws LoadTestError that names the file and what is wrong with it */
export async function readAccuracy(file: string): Promise<Record<string, Accuracy>> {
  try {
    return AccuracyFile.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new LoadTestError(`--accuracy: ${file}: ${why}`, { cause });
  }
}

interface Evaluated extends Accuracy {
  readonly model: string;
  /** Absent: the model's own engine. */
  readonly engine: string | undefined;
}

async function evaluationsIn({ folder }: FoundBundle): Promise<Evaluated[]> {
  const found: Evaluated[] = [];
  for (const name of (await readdir(join(folder, "evaluation")).catch(() => [])).sort()) {
    if (!name.startsWith("massive") || !name.endsWith(".json")) continue;
    const { data } = Evaluation.safeParse(JSON.parse(await readFile(join(folder, "evaluation", name), "utf8")));
    const [scores] = data?.data ?? [];
    if (!data || !scores || data.partial || data.options.perturb !== undefined || data.options.limit !== undefined)
      continue;
    found.push({ model: data.bundle, engine: data.engine, intent: scores.intent.accuracy, slot_f1: scores.slots.f1 });
  }
  return found;
}

/** Accuracy of targets by label, from the evaluations that lie in their bundles. */
export async function accuracyOf(
  targets: readonly Target[],
  bundles: readonly FoundBundle[],
  served: readonly ServedEngine[],
): Promise<Record<string, Accuracy>> {
  const evaluated = (await Promise.all(bundles.map(evaluationsIn))).flat();
  const ownEngine = (model: string) => served.find((one) => one.model === model)?.engine;
  const found = targets.flatMap(({ label, engine, model }) => {
    const own = evaluated.find((one) => one.model === model && (one.engine ?? ownEngine(model)) === engine);
    return own ? [[label, { intent: own.intent, slot_f1: own.slot_f1 }] as const] : [];
  });
  return Object.fromEntries(found);
}

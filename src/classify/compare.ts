import { OnepassError } from "../errors.js";
import type { CompareAnswer } from "./answer.js";
import { chooseEntry, isReady, notReady } from "./choose.js";
import type { PoolEntry } from "./pool.js";
import type { CompareRequest } from "./request.js";
import type { ClassifyService, RequestContext } from "./service.js";

type Result = CompareAnswer["results"][number];

/**
 * Asks several engines about one text, one after the other, so that none slows another down. One that fails, or does not
 * answer the tasks, reports its error beside the others' answers.
 * @throws OnepassError when the text is at fault, an engine is named that is not there, none is ready, or the caller is gone
 */
export async function compare(
  service: ClassifyService,
  { engines, ...request }: CompareRequest,
  context: RequestContext,
): Promise<CompareAnswer> {
  service.checkTexts(request);
  const { pool } = service;
  const entries = engines?.map((one, i) => chooseNamed(service, one, i)) ?? pool.entries.filter(isReady);
  if (entries.length === 0) throw notReady("No model is loaded.");
  const results: Result[] = [];
  for (const entry of new Set(entries)) {
    context.signal.throwIfAborted();
    results.push(await ask(service, entry, request, context));
  }
  return { id: context.id, results };
}

/** As for `/classify`, but the fault's field is the one in `engines`. */
function chooseNamed({ pool }: ClassifyService, named: NonNullable<CompareRequest["engines"]>[number], i: number) {
  try {
    return chooseEntry(pool, named);
  } catch (error) {
    if (!(error instanceof OnepassError) || error.field === undefined) throw error;
    const { code, status, message, field, details } = error;
    throw new OnepassError(code, status, message, { field: `engines[${i}].${field}`, details });
  }
}

async function ask(
  service: ClassifyService,
  entry: PoolEntry,
  request: Omit<CompareRequest, "engines">,
  context: RequestContext,
): Promise<Result> {
  const { model, engineName: engine } = entry;
  const named = { ...request, model, engine, fallback: "never" as const };
  try {
    // Each engine's time begins when it is asked.
    const answer = await service.classify(named, { ...context, startedAt: performance.now() });
    if ("results" in answer) throw new RangeError("one text was answered as several");
    const { id: _id, model: _model, engine: _engine, fallback: _fallback, ...rest } = answer;
    return { model, engine, answer: rest };
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof OnepassError)) throw error;
    return { model, engine, error: { code: error.code, message: error.message } };
  }
}

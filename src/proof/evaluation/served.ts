import { loadBundle, type Bundle } from "../../bundle/bundle.js";
import { labelsOf } from "../../bundle/check.js";
import { EnginePool } from "../../classify/pool.js";
import { ClassifyRequest } from "../../classify/request.js";
import { ClassifyService } from "../../classify/service.js";
import type { Engine, EngineName } from "../../engines/engine.js";
import { Metrics } from "../../metrics/metrics.js";
import { TASK_NAMES, type TaskName } from "../../tasks/task.js";
import type { Classifier, Guess, Prediction } from "./classifier.js";
import type { Options } from "./options.js";

/** As many labels of a ranking as the server tells. */
const TOP_K = 100;

/** No text waits on a caller here: the server's limits that guard its time and memory are lifted. */
const SETTINGS = {
  maxTexts: 1,
  maxTextChars: Infinity,
  timeoutMs: 3_600_000,
  fallback: "never",
  breakerFailures: 0,
  breakerResetMs: 1,
} as const;

/** The server's own service over one bundle, without HTTP and without a fallback that could answer instead. */
class ServedClassifier implements Classifier, AsyncDisposable {
  readonly #never = new AbortController().signal;

  constructor(
    readonly model: string,
    readonly labels: Classifier["labels"],
    private readonly service: ClassifyService,
    readonly engine: EngineName,
    readonly reject: string | undefined,
  ) {}

  async classify(text: string, tasks: readonly TaskName[]): Promise<Prediction> {
    const { model, engine } = this;
    const request = ClassifyRequest.parse({
      text,
      tasks,
      model,
      engine,
      truncate: true,
      fallback: "never",
      top_k: TOP_K,
    });
    const context = { id: "evaluate", startedAt: performance.now(), signal: this.#never };
    const answer = await this.service.classify(request, context);
    if ("results" in answer) throw new TypeError("several answers to one text");
    const { intent, out_of_scope_score: outOfScopeScore, slots, topic, truncated, usage } = answer;
    const { intent_ranking: intents = [], topic_ranking: topics = [] } = answer;
    return {
      ...(intent !== undefined && { intent: intent && { ...intent, others: othersOf(intent, intents) } }),
      ...(outOfScopeScore !== undefined && { outOfScopeScore }),
      ...(slots && { slots }),
      ...(topic && { topic: { ...topic, others: othersOf(topic, topics) } }),
      truncated: truncated !== undefined,
      usage,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.pool[Symbol.asyncDispose]();
  }
}

/** What the labels besides the best have: each its own, and together what the ranking does not tell. */
function othersOf(best: Guess, ranking: readonly Guess[]): number[] {
  const others = ranking.filter(({ name }) => name !== best.name).map(({ confidence }) => confidence);
  const rest = 1 - best.confidence - others.reduce((a, b) => a + b, 0);
  return rest > 0 ? [...others, rest] : others;
}

function labelSets({ manifest: { tasks } }: Bundle): Classifier["labels"] {
  const names = (task: TaskName) => {
    const labels = labelsOf(tasks, task);
    return task === "slots" ? labels.filter((tag) => tag !== "O").map((tag) => tag.slice("B-".length)) : labels;
  };
  return Object.fromEntries(TASK_NAMES.filter((task) => tasks[task]).map((task) => [task, new Set(names(task))]));
}

/**
 * Opens a bundle as the server does. `load` turns it into its engines, warm; the bundle's own one answers by default.
 * @throws OnepassError when the bundle is faulty; for an engine that it does not have, when it is asked
 */
export async function openServed(
  { bundle: folder, engine }: Pick<Options, "bundle" | "engine">,
  load: (bundle: Bundle) => Promise<readonly Engine[]>,
): Promise<Classifier & AsyncDisposable> {
  const metrics = new Metrics();
  const pool = new EnginePool({ load, metrics, fallbackModel: "none" });
  const bundle = await loadBundle(folder);
  await pool.open({ bundles: [bundle], faulty: [] });
  const [entry] = pool.entries;
  if (entry?.state !== "ready") throw entry?.error;
  const service = new ClassifyService(pool, metrics, SETTINGS);
  const { reject } = bundle.manifest.tasks.intent ?? {};
  return new ServedClassifier(entry.model, labelSets(bundle), service, engine ?? entry.engineName, reject);
}

import { LoadTestError } from "./errors.js";

/** What is measured: one engine over one model. */
export interface Target {
  /** How tables, plots and ratios call it: `engine`, or `engine:model` where that says more. */
  readonly label: string;
  readonly engine: string;
  /** `name@version` */
  readonly model: string;
}

/** A target that is asked for, whether or not the server has it. */
export interface Wish {
  readonly label: string;
  readonly engine: string;
  /** Absent: the usual model of the engine, or else the first that has it. */
  readonly model?: string;
}

/**
 * One engine of one model, as `GET /models` lists them, as far as it matters here. A model's own engine is its first.
 */
export interface ServedEngine {
  readonly name: string;
  /** `name@version` */
  readonly model: string;
  readonly engine: string;
  readonly state: string;
}

export interface LeftOut {
  readonly label: string;
  readonly reason: string;
}

export const SIDE_BY_SIDE = "-side-by-side";
const DECODER = "onepass-en";
const ROBERTA = "roberta-base-int8";

/** The usual targets, in the order of every table. */
export const USUAL: readonly Required<Wish>[] = [
  { label: "single-pass", engine: "single-pass", model: DECODER },
  { label: "generate", engine: "generate", model: DECODER },
  { label: "dual-decoder", engine: "dual-decoder", model: DECODER },
  ...[ROBERTA, ROBERTA + SIDE_BY_SIDE].map((model) => ({
    label: `dual-encoder:${model}`,
    engine: "dual-encoder",
    model,
  })),
  { label: "dual-encoder", engine: "dual-encoder", model: "dual-en" },
  { label: "joint-encoder", engine: "joint-encoder", model: "joint-en" },
];

const ENGINES = [...new Set(USUAL.map(({ engine }) => engine))];

/** `engine` and `engine:model` as wishes. @throws LoadTestError for an engine that no server has */
export function parseWishes(names: readonly string[]): Wish[] {
  return names.map((label) => {
    const colon = label.indexOf(":");
    const engine = colon < 0 ? label : label.slice(0, colon);
    const model = colon < 0 ? undefined : label.slice(colon + 1);
    if (!ENGINES.includes(engine)) {
      throw new LoadTestError(`--targets: "${engine}" is no engine; there are ${ENGINES.join(", ")}`);
    }
    if (model === "") throw new LoadTestError(`--targets: "${label}" has no model after the colon`);
    return { label, engine, ...(model !== undefined && { model }) };
  });
}

/** The model that a wish names, or else the usual one. */
export function modelOf({ label, model }: Wish): string | undefined {
  return model ?? USUAL.find((usual) => usual.label === label)?.model;
}

/** What of the server a wish means. A model made for the dual decoder alone beats one that can also do that. */
function find(wish: Wish, served: readonly ServedEngine[]): ServedEngine | undefined {
  const able = served.filter(({ engine }) => engine === wish.engine);
  if (wish.label === "dual-decoder") {
    const made = able.find(({ model }) => served.filter((other) => other.model === model).length === 1);
    if (made) return made;
  }
  const wanted = modelOf(wish);
  const named = able.find(({ name, model }) => name === wanted || model === wanted);
  return named ?? (wish.model === undefined ? able[0] : undefined);
}

const isShape = (model: string): boolean => model.startsWith("roberta-");

function whyNot(wish: Wish, served: readonly ServedEngine[]): string {
  const model = modelOf(wish) ?? "";
  const engines = served.filter((one) => one.name === model || one.model === model).map(({ engine }) => engine);
  if (engines.length > 0) return `${model} does not have the engine ${wish.engine}, only ${engines.join(", ")}`;
  return `the server has no model ${model}${isShape(model) ? "; `npm run shapes` makes it" : ""}`;
}

export interface Chosen {
  readonly targets: readonly Target[];
  readonly leftOut: readonly LeftOut[];
}

/** What of the wishes the server has, ready to answer. */
export function chooseTargets(wishes: readonly Wish[], served: readonly ServedEngine[]): Chosen {
  const targets: Target[] = [];
  const leftOut: LeftOut[] = [];
  for (const wish of wishes) {
    const { label, engine } = wish;
    const found = find(wish, served);
    if (!found) leftOut.push({ label, reason: whyNot(wish, served) });
    else if (found.state !== "ready") leftOut.push({ label, reason: `${found.model} is ${found.state}` });
    else targets.push({ label, engine, model: found.model });
  }
  return { targets, leftOut };
}

import { columnsOf } from "../../../src/proof/evaluation/columns.js";
import { seeded } from "../../../src/statistics/random.js";
import type { Environment, ReportedOptions } from "../../../src/proof/evaluation/report.js";
import { score, type Outcome } from "../../../src/proof/evaluation/score.js";
import type { LoadTest } from "../../../src/proof/results/loadtest.js";
import type { AccuracyRecord, MemoryRecord, Results } from "../../../src/proof/results/store.js";
import { SETS, SYSTEMS } from "../../../src/proof/results/systems.js";

export const ENVIRONMENT: Environment = {
  node: "v20.20.0",
  platform: "linux-x64",
  cpu: "Test CPU",
  cores: 2,
  memory_bytes: 2 ** 34,
};

/** Outcomes of rows that are right with a probability; `hard` draws the same hardness of a row for every system. */
function outcomesOf(set: string, rows: number, skill: number): Outcome[] {
  const hard = seeded(set.length);
  return Array.from({ length: rows }, (): Outcome => {
    const right = hard() < skill;
    if (set === "newsgroups") return { topic: { correct: right, groupCorrect: right || hard() < skill } };
    const matched = hard() < skill ? 2 : 1;
    return { intent: { correct: right }, slots: { matched, predicted: 2, gold: 2, bets: [] } };
  });
}

const bundleOf = (system: string): string =>
  `${SYSTEMS.find(({ label }) => label === system)!
    .bundle.split("/")
    .at(-1)}@0.2.0`;

/** A record as `npm run results` makes it. skill: how many of its answers are right, 0 to 1. */
export function record(
  system: string,
  set: string,
  skill: number,
  { rows = 200, options = {}, partial = false }: { rows?: number; options?: ReportedOptions; partial?: boolean } = {},
): AccuracyRecord {
  const outcomes = outcomesOf(set, rows, skill);
  const usage = { prompt_tokens: 11, cached_tokens: 0, generated_tokens: 0 };
  const counts = { rows, refused: 0, truncated: 0, usage };
  const file = SETS.find(({ name }) => name === set)!.file;
  return {
    system,
    set,
    bundle_sha256: "b0",
    report: {
      data: [{ file, sha256: `d-${set}`, ...counts, ...score(outcomes), outcomes: columnsOf(outcomes) }],
      bundle: bundleOf(system),
      engine: SYSTEMS.find(({ label }) => label === system)!.engine,
      environment: ENVIRONMENT,
      options: { ...(set === "newsgroups" && { cut: "last-tenth" }), ...options },
      ...(partial && { partial }),
    },
  };
}

export function memoryRecord(system: string, mebibytes: number): MemoryRecord {
  return {
    system,
    bundle: bundleOf(system),
    bundle_sha256: "b0",
    files_bytes: 57 * 2 ** 20,
    requests: 34,
    resident_bytes: mebibytes * 2 ** 20,
    environment: ENVIRONMENT,
  };
}

type Ratio = LoadTest["ratios"][string];

export function ratioOf(p50: number, ci95: [number, number], against: string): Ratio {
  const ratio = { p50, p95: p50 * 1.1, ci95, p95_ci95: ci95 };
  return { ...ratio, http: { ...ratio, p50: p50 * 1.2 }, against };
}

type Target = LoadTest["targets"][number];

function target(label: string, ms: number, generated: number): Target {
  const times = (factor: number) => ({ count: 1_234, p50: factor * ms, p95: 1.5 * factor * ms });
  const tokens = { prompt: 11, cached: 0, generated };
  return { label, model: "any@1.0.0", one_client: [{ set: "mixed", inference: times(1), http: times(1.25), tokens }] };
}

export const LOAD_TEST: LoadTest = {
  mode: "full",
  options: { tasks: ["intent", "slots"], texts: "mixed" },
  environment: { node: "v20.20.0", platform: "linux-x64", cpu: "Test CPU", cores: 2 },
  warnings: [],
  left_out: [{ label: "dual-encoder:roberta-base-int8", reason: "it is not built" }],
  ratios: {
    "single-pass/generate": ratioOf(0.08123, [0.0781, 0.0852], "generate"),
    "single-pass/dual-encoder": ratioOf(2.345, [2.2, 2.5], "dual-encoder"),
    "single-pass/joint-encoder": ratioOf(1.01, [0.9, 1.1], "joint-encoder"),
  },
  targets: [target("single-pass", 18.37, 0), target("generate", 226.4, 31.25), target("joint-encoder", 3.256, 0)],
};

const sample = { size: 80, seed: 0 };

/** Everything but the two decoders: single-pass is better than what writes and worse than the encoders. */
export const RESULTS: Results = {
  accuracy: [
    record("single-pass", "massive", 0.85),
    record("single-pass", "newsgroups", 0.8),
    record("generate", "massive", 0.7),
    record("generate", "newsgroups", 0.5, { rows: 80, options: { sample } }),
    record("dual-decoder", "massive", 0.7),
    record("dual-encoder", "massive", 0.95),
    record("dual-encoder", "newsgroups", 0.92),
    record("joint-encoder", "massive", 0.95),
    record("joint-encoder", "newsgroups", 0.92),
  ],
  memory: [memoryRecord("single-pass", 301.4), memoryRecord("generate", 322.6), memoryRecord("joint-encoder", 155.5)],
  loadTest: LOAD_TEST,
};

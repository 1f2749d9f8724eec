import { loadtest } from "../../../src/cli/loadtest.js";
import type { Block, Load } from "../../../src/proof/loadtest/block.js";
import type { Options } from "../../../src/proof/loadtest/options.js";
import { makeReport, type Report, type ReportContext } from "../../../src/proof/loadtest/report.js";
import { block, target } from "./blocks.js";

const TIMES = { "single-pass": 10, generate: 100, "joint-encoder": 4 };

const open = (percent: number): Load => ({ kind: "open", percent, perSecond: percent / 4 });

/** Three rounds of three targets, one and two clients, two loads. */
export function blocksOf(): Block[] {
  return Object.entries(TIMES).flatMap(([label, ms]) =>
    [0, 1, 2].flatMap((round) => [
      block(label, [ms, ms, ms], { round, rate: 1000 / ms }),
      block(label, [ms, ms, ms], { round, rate: 1400 / ms, load: { kind: "closed", clients: 2 } }),
      block(label, [ms, ms], { round, load: open(50) }),
      block(label, [ms, 3 * ms], { round, load: open(110) }),
    ]),
  );
}

/** A report of known figures. calibrations: before the first block and after each */
export function report(
  context: Partial<ReportContext> = {},
  calibrations?: readonly number[],
  blocks = blocksOf(),
): Report {
  const labels = [...new Set(blocks.map(({ target: { label } }) => label))];
  const findings = {
    warmUps: labels.map((label) => ({ target: target(label), requests: 3, firstMs: 50, answerMs: 10 })),
    leftOut: [],
    blocks,
    calibrations: [...(calibrations ?? Array<number>(blocks.length + 1).fill(20))],
    warnings: [],
  };
  return makeReport(findings, {
    options: loadtest.parse([]) as Options,
    sets: ["eleven"],
    environment: {
      ...{ node: "v20.0.0", platform: "linux-x64", cpu: "Some CPU", cores: 2, memory_bytes: 8e9 },
      ...{ server: "onepass 0.1.0, Node v20.0.0", settings: { ONEPASS_THREADS: "2" } },
    },
    commit: { sha: "0123456789abcdef", changed: true },
    accuracy: { "single-pass": { intent: 0.87, slot_f1: 0.75 }, "joint-encoder": { intent: 0.89, slot_f1: 0.8 } },
    leftOut: [{ label: "dual-decoder", reason: "the server has no model two-decoders" }],
    seconds: 61.5,
    ...context,
  });
}

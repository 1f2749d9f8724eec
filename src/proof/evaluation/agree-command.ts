import { compareOn, type AgreementReport } from "./agree.js";
import type { Counted } from "./agreement.js";
import type { Classifier } from "./classifier.js";
import { makeRoom, type Surroundings } from "./command.js";
import { tellReport } from "./json-file.js";
import { loadData } from "./load.js";
import { progressOn } from "./progress.js";
import { environment, readableJson } from "./report.js";

export type AgreeRuntime = "auto" | "llama" | "onnx";

export interface AgreeOptions {
  readonly bundle: string;
  /** May be the same folder, on another runtime. */
  readonly against: string;
  readonly runtimes: readonly [AgreeRuntime, AgreeRuntime];
  readonly data: readonly string[];
  readonly limit?: number | undefined;
  readonly json?: string | undefined;
}

interface AgreeSurroundings extends Pick<Surroundings, "stop" | "stdout" | "stderr"> {
  readonly open: (bundle: string, runtime: AgreeRuntime) => Promise<Classifier & AsyncDisposable>;
}

/** `onepass agree`. Returns the exit code. @throws EvaluationError, OnepassError, ConfigError */
export async function agreeCommand(options: AgreeOptions, surroundings: AgreeSurroundings): Promise<number> {
  const { bundle, against, runtimes, data, limit, json } = options;
  const { open, stop, stdout, stderr } = surroundings;
  if (json !== undefined) await makeRoom(json);
  const files = await loadData(data, { limit, cut: false, stripHeaders: false });
  await using one = await open(bundle, runtimes[0]);
  await using other = await open(against, runtimes[1]);
  const reports: AgreementReport[] = [];
  using progress = progressOn(stderr);
  for (const file of files) reports.push(await compareOn(file, one, other, stop, progress));
  const sides = [one, other].map(({ model }, i) => ({ bundle: model, runtime: runtimes[i] }));
  const report = readableJson({ sides, data: reports, environment: environment() });
  await tellReport({ json: report, words: reports.map(lines).join("\n") + "\n", file: json }, stdout);
  return 0;
}

const percent = (fraction: number) => (100 * fraction).toFixed(2);

function lines({ file, rows, agreement, differences }: AgreementReport): string {
  const agreed = Object.entries(agreement).map(
    ([name, { equal, of }]: [string, Counted]) => `  ${name}: ${percent(equal / of)} % of ${of} alike`,
  );
  const differ = Object.entries(differences).map(
    ([name, { difference, ci95 }]) =>
      `  ${name}: ${percent(difference)} points (${percent(ci95[0])} to ${percent(ci95[1])}), the first less the second`,
  );
  return [`${file}, ${rows} rows`, ...agreed, ...differ].join("\n");
}

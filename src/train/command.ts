import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { openerFor } from "../proof/evaluation/open.js";
import { table } from "../proof/evaluation/report.js";
import type { Io } from "../cli/io.js";
import { PACKAGE_ROOT } from "../package.js";
import { cacheFolder } from "./cache.js";
import { ensureEnvironment } from "./environment.js";
import { TrainError } from "./errors.js";
import { judge } from "./judge.js";
import { launch } from "./launch.js";
import type { ModelKind, TrainOptions } from "./options.js";
import { run } from "./process.js";
import { publish, writeReport } from "./publish.js";
import { countRows, judgement, type TrainReport } from "./report.js";
import { fileOf, prepareRows, type Prepared } from "./rows.js";
import { watcherOn, type Watcher } from "./screen.js";
import { openWork, workFolder } from "./work.js";

const EXIT = { done: 0, interrupted: 130 } as const;
const NAME = /^[a-z0-9][a-z0-9._-]*$/;

/** `onepass train`. Returns the exit code. @throws TrainError, ImportError, OnepassError */
export async function trainCommand(options: TrainOptions, io: Io): Promise<number> {
  const out = resolve(options.out);
  const bundles = options.models.map((model) => ({ model, folder: folderOf(out, model, options.models) }));
  for (const { folder } of bundles) await checkFree(folder);
  const prepared = await prepareRows(options);
  using watcher = watcherOn(io.stderr);
  const tell = (event: object) => {
    if (options.json) io.stdout.write(`${JSON.stringify(event)}\n`);
  };
  tellRows(prepared, watcher);
  const python = await ensureEnvironment(options, settingOf(io, watcher));
  const work = resolve(options.work ?? workFolder(io.env, out));
  await openWork(work, options, prepared);
  const made: { folder: string; from: string; report: TrainReport }[] = [];
  for (const { model, folder } of bundles) {
    const trained = await trainOne({
      model,
      name: basename(folder),
      options,
      prepared,
      python,
      work,
      io,
      watcher,
      tell,
    });
    if (!trained) {
      watcher.line("Stopped. The same command goes on from here.");
      return EXIT.interrupted;
    }
    made.push({ folder, ...trained });
  }
  for (const { folder, from, report } of made) {
    await publish(from, folder);
    tell({ event: "served", folder, report });
    if (!options.json) io.stdout.write(`${words(report, folder)}\n`);
  }
  await rm(work, { recursive: true });
  return EXIT.done;
}

interface Task {
  readonly model: ModelKind;
  /** Of the bundle. */
  readonly name: string;
  readonly options: TrainOptions;
  readonly prepared: Prepared;
  readonly python: string;
  readonly work: string;
  readonly io: Io;
  readonly watcher: Watcher;
  readonly tell: (event: object) => void;
}

/** Trains, exports and judges one bundle, `from` its folder; undefined when it was stopped. */
async function trainOne(task: Task): Promise<{ from: string; report: TrainReport } | undefined> {
  const { model, name, options, prepared, python, work, io, watcher, tell } = task;
  const { reject, rows } = prepared;
  const begunMs = performance.now();
  let exportedMs = begunMs;
  const trained = await launch(options, {
    ...{ python, work, bases: join(cacheFolder(io.env), "bases"), model, name, reject, stop: io.stop },
    onEvent: (event) => {
      if (event.event === "export") exportedMs = performance.now();
      watcher.event(event);
      if (event.event !== "done") tell(event);
    },
  });
  if (!trained) return undefined;
  const doneMs = performance.now();
  const splits = (["dev", "test"] as const).filter((split) => rows[split].length > 0);
  watcher.line(`judging it on ${splits.map((split) => `${rows[split].length} rows of ${split}`).join(" and ")}`);
  const files = splits.map((split) => fileOf(work, `judge-${split}`));
  const judged = await judge(trained.folder, files, { open: openerFor(io.env), stop: io.stop, stderr: io.stderr });
  if (io.stop.aborted) return undefined;
  const seconds = (from: number, to: number) => Math.round((to - from) / 1000);
  const report: TrainReport = {
    ...{ bundle: judged[0]!.model, engine: judged[0]!.engine, trained: model, quick: options.quick },
    ...{ rows: countRows(rows), reject: reject ?? null, steps: trained.steps },
    seconds: {
      training: seconds(begunMs, exportedMs),
      export: seconds(exportedMs, doneMs),
      judging: seconds(doneMs, performance.now()),
    },
    curve: trained.curve,
    judged: judged.map((one, i) => judgement(splits[i]!, rows.train, one)),
  };
  await writeReport(trained.folder, report, judged);
  await run(python, ["-m", "training.card", trained.folder], {
    cwd: PACKAGE_ROOT,
    env: { PYTHONPATH: PACKAGE_ROOT },
    stop: io.stop,
  });
  return { from: trained.folder, report };
}

/** Of `--out models/mine`, or of each of two models. */
const folderOf = (out: string, model: ModelKind, models: readonly ModelKind[]): string =>
  models.length === 1 ? out : `${out}-${model}`;

async function checkFree(folder: string): Promise<void> {
  if (!NAME.test(basename(folder))) {
    throw new TrainError(
      `--out: a bundle is called after its folder, in a-z, 0-9, ".", "_" and "-", not "${basename(folder)}"`,
    );
  }
  if (existsSync(folder) && (await readdir(folder)).length > 0) {
    throw new TrainError(`--out: ${folder} is there already; delete it or choose another`);
  }
}

function tellRows({ rows, tasks, reject, notes }: Prepared, watcher: Watcher): void {
  for (const line of notes) watcher.line(line);
  const { train, dev, test } = countRows(rows);
  const scope = reject === undefined ? "" : `; ${reject} stands for what is out of scope`;
  watcher.line(`${train} rows to learn ${tasks.join(", ")} from, ${dev} of dev, ${test} of test${scope}`);
}

function settingOf(io: Io, watcher: Watcher): Parameters<typeof ensureEnvironment>[1] {
  return {
    env: io.env,
    stop: io.stop,
    tell: (line) => {
      watcher.line(line);
    },
    async agree(line) {
      watcher.line(line);
      if (!io.stdin.isTTY || !io.stderr.isTTY) return true;
      const asking = createInterface({ input: io.stdin, output: io.stderr as unknown as NodeJS.WritableStream });
      try {
        return /^y(es)?$/i.test((await asking.question("Go on? [y/N] ", { signal: io.stop })).trim());
      } finally {
        asking.close();
      }
    },
  };
}

function words(report: TrainReport, folder: string): string {
  const files = report.judged.map(({ split, scores }) => ({ ...scores, file: split }));
  return `${folder} is ${report.bundle}, served by ${report.engine}; report.html in it tells more.\n${table(files)}`;
}

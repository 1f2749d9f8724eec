import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { ConfigError } from "../../config/read.js";
import { OnepassError } from "../../errors.js";
import type { Surroundings as EvaluationSurroundings } from "../evaluation/command.js";
import { EvaluationError } from "../evaluation/errors.js";
import { LoadTestError, ServerGoneError } from "../loadtest/errors.js";
import { ResultsError } from "./errors.js";
import { measureSystem, type Measuring } from "./measure.js";
import type { Options } from "./options.js";
import { renderPage } from "./page.js";
import { Store } from "./store.js";
import { SETS, SYSTEMS } from "./systems.js";

/** What the command meets outside itself. */
export interface Surroundings extends EvaluationSurroundings, Pick<Measuring, "memory"> {
  /** What the systems' bundles and relative folders are found from. */
  readonly root: string;
}

/** Exit codes; `interrupted` is 128 + SIGINT, as shells have it. */
const EXIT = { done: 0, failed: 1, badInput: 2, interrupted: 130 } as const;

/** What whoever runs the command can set right, or wait for: told in a line, without a stack. */
function isTold(error: unknown): error is Error {
  const kinds = [ResultsError, EvaluationError, OnepassError, ConfigError, LoadTestError, ServerGoneError];
  return kinds.some((kind) => error instanceof kind);
}

/** @throws ResultsError when a data set is not there */
function checkData(data: string): void {
  const missing = SETS.map((set) => join(data, set.file)).filter((file) => !existsSync(file));
  if (missing.length === 0) return;
  throw new ResultsError(
    `--data: there is no ${missing.join(" and no ")}; training/README.md says how to make the data`,
  );
}

/** Makes the page of all that the store has. @returns its file, undefined when there is nothing to make it of */
async function writePage(store: Store): Promise<string | undefined> {
  const results = await store.all();
  if (results.accuracy.length === 0) return undefined;
  const page = `${store.folder}.md`;
  await mkdir(dirname(page), { recursive: true });
  await writeFile(page, renderPage(results));
  return page;
}

/** Measures what is wanted, system by system: one that fails does not keep the others from being measured. */
async function measureAll(options: Options, store: Store, surroundings: Surroundings): Promise<number> {
  const { root, stderr } = surroundings;
  const stopped = () => surroundings.stop.aborted;
  const data = resolve(root, options.data);
  checkData(data);
  const systems = SYSTEMS.filter(({ label }) => options.only?.includes(label) ?? true);
  let failed = 0;
  for (const system of systems) {
    if (stopped()) break;
    try {
      await measureSystem(system, {
        ...surroundings,
        store,
        folders: { root, data },
        narrowing: options,
        sets: options.sets,
        again: options.only !== undefined,
      });
    } catch (error) {
      if (stopped()) break;
      if (!isTold(error)) throw error;
      failed += 1;
      stderr.write(`${system.label}: ${error.message}\n`);
    }
  }
  if (stopped()) return EXIT.interrupted;
  return failed > 0 ? EXIT.failed : EXIT.done;
}

/** `onepass results`. Returns the exit code. @throws ResultsError and whatever `isTold` */
export async function resultsCommand(options: Options, surroundings: Surroundings): Promise<number> {
  const { root, stdout } = surroundings;
  const store = new Store(resolve(root, options.out));
  const code = options.render ? EXIT.done : await measureAll(options, store, surroundings);
  const page = await writePage(store);
  if (page !== undefined) stdout.write(`${relative(root, page)}\n`);
  else if (code === EXIT.done) throw new ResultsError(`${store.folder}: holds no results; npm run results makes them`);
  return code;
}

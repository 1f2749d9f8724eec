import cliProgress from "cli-progress";
import type { Screen } from "../../screen.js";

/** What is told while it runs. Disposing of it ends a bar, finished or not. */
export interface Listener extends Disposable {
  progress(file: string, done: number, rows: number): void;
  warn(message: string): void;
}

const EVERY_MS_IN_A_LOG = 15_000;
const FORMAT = "{file} {bar} {value} of {total}, {eta_formatted} left";

/** Tells progress as a bar on a terminal, else line by line and seldom. */
export function progressOn(screen: Screen): Listener {
  return screen.isTTY ? new Bar(screen) : new Log(screen);
}

class Bar implements Listener {
  #bar: cliProgress.SingleBar | undefined;
  #file = "";

  constructor(private readonly screen: Screen) {}

  progress(file: string, done: number, rows: number): void {
    if (file !== this.#file) this[Symbol.dispose]();
    this.#file = file;
    this.#bar ??= this.#start(file, rows);
    this.#bar.update(done);
    if (done === rows) this[Symbol.dispose]();
  }

  warn(message: string): void {
    this[Symbol.dispose]();
    this.screen.write(`${message}\n`);
  }

  [Symbol.dispose](): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #start(file: string, rows: number): cliProgress.SingleBar {
    const stream = this.screen as NodeJS.WritableStream; // it needs no more of one than `write`
    const bar = new cliProgress.SingleBar(
      { stream, format: FORMAT, etaBuffer: 100 },
      cliProgress.Presets.shades_classic,
    );
    bar.start(rows, 0, { file });
    return bar;
  }
}

class Log implements Listener {
  #told = performance.now();

  constructor(private readonly screen: Screen) {}

  progress(file: string, done: number, rows: number): void {
    const now = performance.now();
    if (done !== rows && now - this.#told < EVERY_MS_IN_A_LOG) return;
    this.#told = now;
    this.screen.write(`${file}: ${done} of ${rows} rows\n`);
  }

  warn(message: string): void {
    this.screen.write(`${message}\n`);
  }

  [Symbol.dispose](): void {
    // A line that was told stays told.
  }
}

/** A stream to tell people things on: standard error. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** What is told while it runs. */
export interface Listener {
  progress(file: string, done: number, rows: number): void;
  warn(message: string): void;
}

const EVERY_MS = 1_000;
const EVERY_MS_IN_A_LOG = 15_000;

/** Tells progress on a terminal in one line that is written over, else line by line and seldom. */
export function progressOn(screen: Screen): Listener {
  const overwrites = screen.isTTY ?? false;
  let told = performance.now();
  let open = false; // whether the last line may still be written over
  return {
    progress(file, done, rows) {
      const now = performance.now();
      const last = done === rows;
      if (!last && now - told < (overwrites ? EVERY_MS : EVERY_MS_IN_A_LOG)) return;
      told = now;
      open = overwrites && !last;
      screen.write(`${overwrites ? "\r" : ""}${file}: ${done} of ${rows} rows${open ? "" : "\n"}`);
    },
    warn(message) {
      screen.write(`${open ? "\n" : ""}${message}\n`);
      open = false;
    },
  };
}

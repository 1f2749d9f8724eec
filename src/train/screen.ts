import cliProgress from "cli-progress";
import type { Screen } from "../screen.js";
import type { TrainingEvent } from "./events.js";

/** What is told of a training while it runs. Disposing of it ends a bar. */
export interface Watcher extends Disposable {
  line(text: string): void;
  event(event: TrainingEvent): void;
}

const EVERY_MS_IN_A_LOG = 15_000;
const percent = (fraction: number): string => (100 * fraction).toFixed(1);

/** A bar with the time left on a terminal, else a line now and then. */
export function watcherOn(screen: Screen, now: () => number = () => performance.now()): Watcher {
  return new StepWatcher(screen, now);
}

class StepWatcher implements Watcher {
  #bar: cliProgress.SingleBar | undefined;
  #begun = { atMs: 0, step: 0 };
  #toldAtMs = 0;
  #dev = "";

  constructor(
    private readonly screen: Screen,
    private readonly now: () => number,
  ) {}

  line(text: string): void {
    this[Symbol.dispose]();
    this.screen.write(`${text}\n`);
  }

  event(event: TrainingEvent): void {
    switch (event.event) {
      case "start":
        this.line(`${event.model}: getting ready`);
        break;
      case "note":
        this.line(event.text);
        break;
      case "train":
        if (event.step > 0) this.line(`going on after step ${event.step} of ${event.steps}`);
        this.#begun = { atMs: this.now(), step: event.step };
        this.#toldAtMs = this.now();
        break;
      case "step":
        this.#step(event);
        break;
      case "scores":
        this.#scores(event);
        break;
      case "early":
        this.line(`dev gets no better: ended after ${event.step} of ${event.steps} steps`);
        break;
      case "export":
        this.line("quantising, calibrating on dev, writing the bundle");
        break;
      case "stopped":
      case "done":
        this[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }

  #step({ step, steps, loss }: Extract<TrainingEvent, { event: "step" }>): void {
    const perStep = (this.now() - this.#begun.atMs) / Math.max(1, step - this.#begun.step);
    const left = clock((steps - step) * perStep);
    if (this.screen.isTTY) {
      this.#bar ??= this.#start(steps);
      this.#bar.update(step, { left, loss: loss.toFixed(2), dev: this.#dev && `, dev ${this.#dev}` });
      if (step === steps) this[Symbol.dispose]();
    } else if (step === steps || this.now() - this.#toldAtMs >= EVERY_MS_IN_A_LOG) {
      this.#toldAtMs = this.now();
      this.screen.write(`step ${step} of ${steps}, loss ${loss.toFixed(2)}, ${left} left\n`);
    }
  }

  #scores({ step, scores, best }: Extract<TrainingEvent, { event: "scores" }>): void {
    const told = Object.entries(scores).map(([name, score]) => `${name} ${percent(score)}`);
    this.#dev = told.join(", ");
    if (!this.screen.isTTY) this.line(`step ${step}: dev ${this.#dev}${best ? ", the best so far" : ""}`);
  }

  #start(steps: number): cliProgress.SingleBar {
    const stream = this.screen as NodeJS.WritableStream; // it needs no more of one than `write`
    const format = "training {bar} {value} of {total} steps, {left} left, loss {loss}{dev}";
    const bar = new cliProgress.SingleBar({ stream, format }, cliProgress.Presets.shades_classic);
    bar.start(steps, 0, { left: "?", loss: "?", dev: "" });
    return bar;
  }
}

/** 3:05, or 1:03:05. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

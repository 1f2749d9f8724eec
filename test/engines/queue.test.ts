import { setImmediate as turnOfEventLoop, setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { BatchQueue } from "../../src/engines/queue.js";

/** A model that answers a prompt with itself in capitals, when it is told to. */
class SlowModel {
  readonly batches: string[][] = [];
  #finish: (() => void)[] = [];
  readonly queue: BatchQueue<string, string>;

  constructor(parallel?: number) {
    const run = async (batch: readonly string[]) => {
      this.batches.push([...batch]);
      await new Promise<void>((resolve) => this.#finish.push(resolve));
      if (batch.includes("bad")) throw new Error("no such word");
      return batch.map((prompt) => prompt.toUpperCase());
    };
    this.queue = new BatchQueue(run, (prompt) => prompt.length, { maxSequences: 2, maxTokens: 100 }, parallel);
  }

  /** Lets the running batch end and the next one begin. */
  async step(): Promise<void> {
    await someTurns();
    this.#finish.shift()?.();
    await someTurns();
  }
}

const signal = () => new AbortController().signal;

describe("BatchQueue", () => {
  test("nothing to run is done at once, and what comes later is run", async () => {
    const { queue, batches, step } = bound(new SlowModel());
    await expect(queue.submit([], signal())).resolves.toEqual([]);
    const result = queue.submit(["one"], signal());
    await step();
    expect(batches).toEqual([["one"]]);
    expect((await result)[0]?.value).toBe("ONE");
  });

  test("runs one batch at a time, of one length, first come first served", async () => {
    const { queue, batches, step } = bound(new SlowModel());
    const results = Promise.all(
      ["one", "three", "two", "six", "seven"].map((prompt) => queue.submit([prompt], signal())),
    );
    await step();
    expect(batches).toEqual([
      ["one", "two"],
      ["three", "seven"],
    ]);
    await step();
    await step();
    expect(batches).toHaveLength(3);
    expect((await results).flat().map(({ value }) => value)).toEqual(["ONE", "THREE", "TWO", "SIX", "SEVEN"]);
  });

  test("runs as many batches at once as the model has places, and the next when one ends", async () => {
    const { queue, batches, step } = bound(new SlowModel(2));
    const results = Promise.all(
      ["one", "three", "two", "fourteen", "six"].map((prompt) => queue.submit([prompt], signal())),
    );
    await someTurns();
    expect(batches).toEqual([["one", "two"], ["three"]]);
    await step();
    expect(batches.slice(2)).toEqual([["fourteen"]]);
    await step();
    expect(batches.slice(3)).toEqual([["six"]]);
    await step();
    await step();
    expect((await results).flat().map(({ value }) => value)).toEqual(["ONE", "THREE", "TWO", "FOURTEEN", "SIX"]);
    const later = queue.submit(["seven"], signal());
    await step();
    expect((await later)[0]?.value).toBe("SEVEN");
  });

  test("closes when all that runs at once has ended", async () => {
    const { queue, step } = bound(new SlowModel(2));
    const results = Promise.allSettled(["one", "three"].map((prompt) => queue.submit([prompt], signal())));
    await someTurns();
    let closed = false;
    const closing = queue.close(new Error("closed")).then(() => (closed = true));
    await step();
    expect(closed).toBe(false);
    await step();
    await closing;
    expect((await results).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  });

  test("times a result from its own batch", async () => {
    const { queue, step } = bound(new SlowModel());
    const results = queue.submit(["one", "three"], signal());
    await step();
    await step();
    const [first, second] = await results;
    expect(first!.finishedAt).toBeGreaterThanOrEqual(first!.startedAt);
    expect(second!.startedAt).toBeGreaterThanOrEqual(first!.finishedAt);
  });

  test("never runs what was aborted while it waited, and runs what others asked", async () => {
    const { queue, batches, step } = bound(new SlowModel());
    const aborter = new AbortController();
    const first = queue.submit(["one"], signal());
    await someTurns();
    const gone = queue.submit(["three", "seven"], aborter.signal);
    const last = queue.submit(["eight"], signal());
    aborter.abort(new Error("the caller left"));
    await expect(gone).rejects.toThrow("the caller left");
    await step();
    await step();
    expect((await first)[0]?.value).toBe("ONE");
    expect((await last)[0]?.value).toBe("EIGHT");
    expect(batches).toEqual([["one"], ["eight"]]);
  });

  test("lets a batch end whose caller has left, as others share it", async () => {
    const { queue, step } = bound(new SlowModel());
    const aborter = new AbortController();
    const leaver = queue.submit(["one"], aborter.signal);
    const stayer = queue.submit(["two"], signal());
    await someTurns();
    aborter.abort();
    await step();
    expect((await stayer)[0]?.value).toBe("TWO");
    expect((await leaver)[0]?.value).toBe("ONE");
  });

  test("rejects at once with a signal that is aborted already", async () => {
    const { queue, batches } = bound(new SlowModel());
    await expect(queue.submit(["one"], AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
    await someTurns();
    expect(batches).toEqual([]);
  });

  test("a failure fails its batch, drops what its callers still wait for, and spares the rest", async () => {
    const { queue, batches, step } = bound(new SlowModel());
    const bad = queue.submit(["bad", "three"], signal());
    const mate = queue.submit(["two"], signal());
    const other = queue.submit(["eight"], signal());
    const failures = Promise.allSettled([bad, mate]);
    await step();
    await step();
    expect((await failures).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect((await other)[0]?.value).toBe("EIGHT");
    expect(batches).toEqual([["bad", "two"], ["eight"]]);
  });

  test("waits a little for a batch to become full while prompts keep coming, and not for one that comes alone", async () => {
    const batches: string[][] = [];
    const run = (batch: readonly string[]) => {
      batches.push([...batch]);
      return Promise.resolve(batch);
    };
    const limits = { maxSequences: 100, maxTokens: 1000, maxWaitMs: 200 };
    const queue = new BatchQueue<string, string>(run, ({ length }) => length, limits);
    await queue.submit(["one"], signal());
    expect(batches).toEqual([["one"]]);
    const results: Promise<unknown>[] = [];
    for (const prompt of ["two", "six", "ten", "now"]) {
      results.push(queue.submit([prompt], signal()));
      await sleep(5);
    }
    await Promise.all(results);
    expect(batches.length).toBeLessThan(4);
    expect(batches.flat()).toEqual(["one", "two", "six", "ten", "now"]);
  });

  test("closes when the running batch has ended, and takes nothing more", async () => {
    const { queue, step } = bound(new SlowModel());
    const runs = queue.submit(["one"], signal());
    await someTurns();
    const waits = queue.submit(["three"], signal());
    const closed = queue.close(new Error("closing"));
    await expect(waits).rejects.toThrow("closing");
    await step();
    await closed;
    expect((await runs)[0]?.value).toBe("ONE");
    await expect(queue.submit(["two"], signal())).rejects.toThrow("closing");
  });
});

async function someTurns(): Promise<void> {
  for (let i = 0; i < 3; i++) await turnOfEventLoop();
}

function bound(model: SlowModel) {
  return { queue: model.queue, batches: model.batches, step: () => model.step() };
}

import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { inOrder } from "../../src/cli/in-order.js";

const never = new AbortController().signal;

async function* items(count: number, everyMs = 0) {
  for (let i = 0; i < count; i++) {
    if (everyMs > 0) await sleep(everyMs);
    yield i;
  }
}

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = [];
  for await (const one of results) taken.push(one);
  return taken;
}

test("results come in the order of the items, whoever is done first", async () => {
  const work = (item: number) => sleep(20 - 2 * item, item);
  expect(await all(inOrder(items(10), 4, work, never))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("no more than the width run at once", async () => {
  let [running, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++running);
    await sleep(2);
    running -= 1;
  };
  await all(inOrder(items(20), 3, work, never));
  expect(most).toBe(3);
});

test("a result does not wait for the next item", async () => {
  const results = inOrder(items(2, 300), 4, (item) => Promise.resolve(item), never);
  const startedAt = performance.now();
  expect((await results.next()).value).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(550);
  await results.return(undefined);
});

test("a failure is thrown at its place, and nothing after it is given", async () => {
  const results = inOrder(
    items(5),
    4,
    (item) => (item === 1 ? Promise.reject(new Error("one")) : Promise.resolve(item)),
    never,
  );
  expect((await results.next()).value).toBe(0);
  await expect(results.next()).rejects.toThrow("one");
});

test("when it is stopped what runs is finished and nothing is begun, even while no item comes", async () => {
  const stop = new AbortController();
  const begun: number[] = [];
  const endless = (async function* () {
    yield 0;
    yield 1;
    await new Promise(() => undefined);
  })();
  const work = async (item: number) => {
    begun.push(item);
    await sleep(5);
    if (item === 1) stop.abort();
    return item;
  };
  expect(await all(inOrder(endless, 4, work, stop.signal))).toEqual([0, 1]);
  expect(begun).toEqual([0, 1]);
});

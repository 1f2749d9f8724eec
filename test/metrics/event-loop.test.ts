import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { measureEventLoop } from "../../src/metrics/event-loop.js";

test("time in which the event loop is busy is counted, and waiting is not", async () => {
  const registry = new Registry();
  measureEventLoop(registry);
  const seconds = async () =>
    Number(/^onepass_event_loop_active_seconds_total (.+)$/m.exec(await registry.metrics())?.[1]);
  const before = await seconds();
  const until = performance.now() + 200;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 1)); // counted at the end of a turn
  const busy = await seconds();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(busy - before).toBeGreaterThanOrEqual(0.19);
  expect((await seconds()) - busy).toBeLessThan(0.2);
});

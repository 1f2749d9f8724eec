import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createLogger } from "../../src/house/logger.js";

test("lines are JSON, one each, with the level in words", async () => {
  const folder = mkdtempSync(join(tmpdir(), "log-"));
  const file = join(folder, "log");
  createLogger({ logLevel: "info" }, openSync(file, "w")).info({ model: "m" }, "warm");
  await expect
    .poll(() => readFileSync(file, "utf8"))
    .toMatch(/^\{"level":"info","time":"[^"]+","model":"m","msg":"warm"\}\n$/);
  rmSync(folder, { recursive: true });
});

// The device that is always full; an error that nobody hears would end this process.
test.skipIf(!existsSync("/dev/full"))("a full disk ends nothing, and what waits to be written is bounded", async () => {
  const logger = createLogger({ logLevel: "info" }, openSync("/dev/full", "w"));
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 200; i++) {
    for (let j = 0; j < 100; j++) logger.info({ padding: "x".repeat(10_000) }, "request"); // 200 MB in all
    await sleep(0);
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 2 ** 20);
});

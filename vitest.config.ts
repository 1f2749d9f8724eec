import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/build-when-stale.js"],
    reporters: ["default", "./test/count-reporter.ts"],
    // Every core: many tests wait, for a process, a timer or a browser. Vitest would leave one free, which of two is half.
    maxWorkers: "100%",
    // Bounds for what hangs, not for what is slow: the engines also run on machines that do other things.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/build-when-stale.js"],
    reporters: ["default", "./test/count-reporter.ts"],
    // Bounds for what hangs, not for what is slow: the engines also run on machines that do other things.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

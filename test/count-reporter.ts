import type { Reporter, TestModule } from "vitest/node";

/** Prints `N passed, N failed` as the last line: for scripts that read the outcome. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    let passed = 0;
    let failed = errors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        if (state === "failed") failed += 1;
      }
    }
    console.log(`${passed} passed, ${failed} failed`);
  }
}

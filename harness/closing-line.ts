import type { Reporter, TestModule } from 'vitest/node';

/** Ends a test run with `N passed, N failed` alone on a line, which people and machines can read alike. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      let tests = 0;
      for (const test of module.children.allTests()) {
        counts[test.result().state] += 1;
        tests += 1;
      }
      // A file that could not even be loaded has no tests to fail.
      if (tests === 0 && module.state() === 'failed') counts.failed += 1;
    }
    const skipped = counts.skipped ? `, ${counts.skipped} skipped` : '';
    // After the default reporter's summary, which is printed in the same turn.
    process.on('exit', () => process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`));
  }
}

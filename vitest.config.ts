import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'harness/**/*.test.ts',
      'rewards/**/*.test.ts',
      'datasets/**/*.test.ts',
      'candidates/**/*.test.ts',
      'seeds/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    // Tests that compile or measure take seconds each on two cores.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './harness/closing-line.ts'],
  },
});

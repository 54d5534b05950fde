import { expect, test } from 'vitest';
import { probeCount, queryRange } from './query-splits.ts';

test.each([1000, 1001, 9999, 10_000])('keeps the sets of %i queries apart, in order', (count) => {
  const ranges = (['search', 'promotion', 'final'] as const).map((set) => queryRange(set, count));
  expect(ranges[0]!.from).toBe(0);
  for (const [at, { from, count: size }] of ranges.entries()) {
    const next = ranges[at + 1]?.from ?? count;
    expect(from + size).toBeLessThanOrEqual(next);
    expect(next - from - size).toBeLessThanOrEqual(3);
    expect(size).toBeGreaterThanOrEqual(Math.floor(count / 4));
  }
  expect(probeCount(ranges[0]!)).toBe(Math.floor(ranges[0]!.count / 5));
});

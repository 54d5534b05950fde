import { expect, test } from 'vitest';
import { jackknifeVariance } from './jackknife.ts';

test('of a mean is the variance over the count', () => {
  // 2, 4, 6, 8: variance 20 / 3.
  const values = [2, 4, 6, 8];
  const meanWithout = (omitted: number) =>
    values.filter((_, index) => index !== omitted).reduce((sum, value) => sum + value, 0) / 3;
  expect(jackknifeVariance(4, meanWithout)).toBeCloseTo(20 / 3 / 4, 12);
});

test('of equal groups is nothing', () => {
  expect(jackknifeVariance(3, () => 7)).toBe(0);
});

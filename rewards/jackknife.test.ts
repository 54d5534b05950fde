import { expect, test } from 'vitest';
import { jackknife } from './jackknife.ts';

const meanWithout = (values: number[]) => (omitted: number | null) => {
  const kept = values.filter((_, index) => index !== omitted);
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
};

test('of a mean is the textbook t interval', () => {
  // 2, 4, 6, 8: mean 5, standard deviation 2.5820, t(3) = 3.1824, half-width 4.1085.
  const { value, low, high } = jackknife(4, meanWithout([2, 4, 6, 8]));
  expect(value).toBe(5);
  expect(high - value).toBeCloseTo(4.1085, 4);
  expect(value - low).toBeCloseTo(4.1085, 4);
});

test('of equal blocks is a point', () => {
  expect(jackknife(3, () => 7)).toEqual({ value: 7, low: 7, high: 7 });
});

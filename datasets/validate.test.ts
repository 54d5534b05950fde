import { expect, it } from 'vitest';
import { forMetric, validatePair } from './validate.ts';

const set = (dimension: number, ...values: number[]) => ({
  count: values.length / dimension,
  dimension,
  data: Float32Array.from(values),
});

it('refuses NaN and infinity, naming row and column', () => {
  expect(() => validatePair('mine', set(2, 1, 2, 3, Number.NaN), set(2, 1, 1))).toThrow(
    'mine, base: row 1, column 1 is NaN',
  );
  expect(() => validatePair('mine', set(2, 1, 2), set(2, Number.POSITIVE_INFINITY, 1))).toThrow(
    'mine, queries: row 0, column 0 is Infinity',
  );
});

it('refuses queries of another dimension', () => {
  expect(() => validatePair('mine', set(2, 1, 2), set(3, 1, 2, 3))).toThrow('base vectors have dimension 2, queries 3');
});

it('scales to unit length for inner product, and leaves euclidean vectors alone', () => {
  expect([...forMetric('mine', set(2, 3, 4, 0, 2), 'inner_product').data]).toEqual(
    [3 / 5, 4 / 5, 0, 1].map(Math.fround),
  );
  const vectors = set(2, 3, 4);
  expect(forMetric('mine', vectors, 'squared_l2')).toBe(vectors);
});

it('refuses a zero vector under angular, naming it', () => {
  expect(() => forMetric('mine, base', set(2, 3, 4, 0, 0), 'inner_product')).toThrow(/mine, base: row 1 is zero/);
});

import { expect, test } from 'vitest';
import { normalise, requireFinite, requireSameDimension } from './validate.ts';
import type { VectorSet } from './vectors.ts';

function rows(...values: number[][]): VectorSet {
  return { count: values.length, dimension: values[0]!.length, data: Float32Array.from(values.flat()) };
}

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('names row and column of %d', (value) => {
  expect(() => requireFinite(rows([1, 2, 3], [4, value, value]), 'base.fbin')).toThrow(
    `base.fbin: row 1, column 1 is ${value}`,
  );
  expect(() => requireFinite(rows([1, 2, 3], [-3.4e38, 0, -0]), 'base.fbin')).not.toThrow();
});

test('refuses queries of another dimension', () => {
  const [base, queries] = [
    { what: 'b.fbin', dimension: 2 },
    { what: 'q.fbin', dimension: 3 },
  ];
  expect(() => requireSameDimension(base, queries)).toThrow('b.fbin has 2 dimensions and q.fbin has 3');
});

test('scales rows to unit length, however long or short they are', () => {
  const vectors = rows([3, 4], [-6e-30, 8e-30], [3e38, 0], [0, -1e-45]);
  normalise(vectors, 'base.fbin');
  expect(vectors.data).toEqual(Float32Array.of(0.6, 0.8, -0.6, 0.8, 1, 0, 0, -1));
});

test('names a row of zeros, which has no direction', () => {
  expect(() => normalise(rows([1, 0], [0, -0]), 'base.fbin')).toThrow(
    /base.fbin: row 1 is all zeros.*metric euclidean/,
  );
});

test('takes more than 4096 dimensions', () => {
  const vectors: VectorSet = { count: 2, dimension: 5000, data: new Float32Array(10_000).fill(2) };
  requireFinite(vectors, 'base.fbin');
  normalise(vectors, 'base.fbin');
  expect(vectors.data[9999]).toBeCloseTo(1 / Math.sqrt(5000), 7);
});

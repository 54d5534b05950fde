import { expect, test } from 'vitest';
import { seededRandom } from '../../harness/core/random.ts';
import { memoryReader } from '../vector-reader.ts';
import { histogramOf, lidOf, neighbourFacts } from './neighbours.ts';
import { countAmong, countRepeated, scanRows } from './rows.ts';

const reader = (...values: number[][]) =>
  memoryReader('rows', { count: values.length, dimension: values[0]!.length, data: Float32Array.from(values.flat()) });

test('counts equal rows, whatever the sign of a zero, and no others', async () => {
  const { hashes } = await scanRows(reader([1, 2], [2, 1], [1, 2], [0, 3], [-0, 3], [1, 2], [3, 0]));
  const { hashes: queries } = await scanRows(reader([0, 3], [5, 5], [2, 1]));
  expect(countRepeated(hashes)).toBe(3);
  expect(countAmong(queries, hashes)).toBe(2);
});

test('tells a hundred thousand different rows apart, that differ in one bit of one value', async () => {
  const data = Float32Array.from({ length: 100_000 * 3 }, (_, n) => (n % 3 === 1 ? 1 + (n / 3) * 2 ** -22 : 7));
  const { hashes } = await scanRows(memoryReader('near', { count: 100_000, dimension: 3, data }));
  const distinct = new Set(Array.from({ length: 100_000 }, (_, row) => data[3 * row + 1]!)).size;
  expect(countRepeated(hashes)).toBe(100_000 - distinct);
  expect(distinct).toBeGreaterThan(90_000);
});

test('states lengths and range, and where values are not finite', async () => {
  const { facts } = await scanRows(reader([3, 4], [0, 0], [-6, 8]));
  expect(facts).toEqual({
    count: 3,
    dimension: 2,
    values: { least: -6, greatest: 8 },
    norms: { min: 0, median: 5, max: 10 },
    zeroRows: 1,
    notFinite: { rows: 0, values: 0, first: null },
  });
  const { facts: bad } = await scanRows(
    reader([1, 1], [Number.NaN, Number.NEGATIVE_INFINITY], [2, Number.POSITIVE_INFINITY]),
  );
  expect([bad.norms, bad.notFinite]).toEqual([
    null,
    { rows: 2, values: 3, first: { row: 1, column: 0, value: 'NaN' } },
  ]);
});

test.each([1, 4, 20])('finds the dimension of points that fill a ball of %d dimensions', (dimension) => {
  // In a ball the share of points within r grows as r to the power of the dimension.
  const random = seededRandom('ball', dimension);
  const estimates = Array.from({ length: 400 }, () => {
    const radii = Float64Array.from({ length: 100 }, () => random() ** (1 / dimension)).sort();
    return lidOf(radii)!;
  }).sort((a, b) => a - b);
  expect(estimates[200]! / dimension).toBeGreaterThan(0.95);
  expect(estimates[200]! / dimension).toBeLessThan(1.06);
});

test('has no dimension where there are no two distances, and takes no heed of duplicates', () => {
  expect(lidOf(Float64Array.of(2, 2, 2))).toBeUndefined();
  expect(lidOf(Float64Array.of(0, 0))).toBeUndefined();
  expect(lidOf(Float64Array.of(0, 1, 2, Number.POSITIVE_INFINITY))).toBe(lidOf(Float64Array.of(1, 2)));
  expect(lidOf(Float64Array.of(1, Math.E))).toBeCloseTo(2, 12);
});

test('a histogram counts every distance once, outliers in the last bin', () => {
  const values = Float64Array.from({ length: 1000 }, (_, n) => 1 + n / 1000);
  values[999] = 1e6;
  const { edges, counts } = histogramOf(values);
  expect([edges.length, counts.length]).toEqual([21, 20]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1000);
  expect(edges.at(-1)).toBeLessThan(2);
  expect(histogramOf(Float64Array.of(3, 3, 3)).counts).toEqual([3]);
});

test('sums up the neighbours of a sample', () => {
  const distances = Float64Array.of(0, 1, 2, 1, 2, 4, 3, 3, 3);
  const facts = neighbourFacts({ queries: Uint32Array.of(0, 1, 2), k: 3, ids: new Uint32Array(9), distances });
  expect(facts).toMatchObject({ queries: 3, k: 3, atZero: 1, nearest: { min: 0, median: 1, max: 3 } });
  expect(facts.lid!.p10).toBeCloseTo(3 / (Math.log(4) + Math.log(2)), 12);
});

import { expect, test } from 'vitest';
import { HarnessError } from '../harness/core/errors.ts';
import { frontier } from './frontier.ts';

const point = (recall: number, qps: number) => ({ effort: 1, recall, qps });

test('keeps what nothing else beats, by ascending recall', () => {
  const points = [point(0.95, 100), point(0.8, 300), point(0.85, 250), point(0.84, 200), point(0.9, 90)];
  expect(frontier(points)).toEqual([point(0.8, 300), point(0.85, 250), point(0.95, 100)]);
});

test('of points with equal recall keeps the fastest, once', () => {
  expect(frontier([point(0.9, 1), point(0.9, 3), point(0.9, 3), point(0.9, 2)])).toEqual([point(0.9, 3)]);
});

test('of points with equal qps keeps the highest recall', () => {
  expect(frontier([point(0.8, 3), point(0.9, 3)])).toEqual([point(0.9, 3)]);
});

test('of nothing is nothing', () => {
  expect(frontier([])).toEqual([]);
});

test.each([point(Number.NaN, 1), point(1.01, 1), point(0.9, 0), point(0.9, Number.POSITIVE_INFINITY)])(
  'refuses the impossible %o',
  (impossible) => {
    expect(() => frontier([impossible])).toThrow(HarnessError);
  },
);

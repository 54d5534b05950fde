import { expect, test } from 'vitest';
import { seededRandom } from '../harness/core/random.ts';
import { clipOutliers } from './outliers.ts';

/** 8 blocks of 6 cells: cell effects far larger than the noise of 0.01, and one slow block. */
function table(): number[][] {
  const random = seededRandom('outliers');
  return Array.from({ length: 8 }, (_, block) =>
    Array.from({ length: 6 }, (_, cell) => cell + (block === 3 ? -0.5 : 0) + 0.02 * (random() - 0.5)),
  );
}

test('hardly moves honest noise or a block that is slow throughout', () => {
  const honest = table();
  const clipped = clipOutliers(honest);
  for (const [block, row] of clipped.entries()) {
    for (const [cell, value] of row.entries()) expect(value).toBeCloseTo(honest[block]![cell]!, 2);
  }
});

test('pulls a slowed reading in to the noise of its neighbours', () => {
  const honest = table();
  const visited = table();
  visited[2]![4]! -= Math.log(1.5);
  const clipped = clipOutliers(visited);
  expect(Math.abs(clipped[2]![4]! - honest[2]![4]!)).toBeLessThan(0.05);
  expect(clipped[2]![3]).toBeCloseTo(honest[2]![3]!, 12);
});

test('touches nothing where blocks are too few, or have no spread', () => {
  const few = [
    [1, 2],
    [1, 9],
    [1, 2],
  ];
  expect(clipOutliers(few)).toEqual(few);
  const still = [...Array.from({ length: 6 }, () => [1, 2]), [1, 9]];
  expect(clipOutliers(still)).toEqual(still);
});

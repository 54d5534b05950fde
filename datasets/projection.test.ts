import { describe, expect, it } from 'vitest';
import { seededRandom } from '../harness/core/random.ts';
import { principalProjection, project } from './projection.ts';

/** Rows that vary by 3 along (1, 1, 0), by 1 along (1, -1, 0), hardly along the third axis, all around (5, 0, 1). */
function rows() {
  const random = seededRandom('projection test');
  const values = Array.from({ length: 1000 }, () => {
    const [a, b, c] = [6 * (random() - 0.5), 2 * (random() - 0.5), 0.01 * random()];
    return [5 + (a! + b!) / Math.SQRT2, (a! - b!) / Math.SQRT2, 1 + c!];
  });
  return { count: 1000, dimension: 3, data: Float32Array.from(values.flat()) };
}

describe('a principal projection', () => {
  it('finds the directions of most variance, in order', () => {
    const { directions } = principalProjection(rows(), 2);
    expect(Math.abs(directions[0]![0]! + directions[0]![1]!)).toBeCloseTo(Math.SQRT2, 2);
    expect(Math.abs(directions[1]![0]! - directions[1]![1]!)).toBeCloseTo(Math.SQRT2, 2);
  });

  it('leaves rows around zero, of unit variance along the first', () => {
    const { data } = project(rows(), principalProjection(rows(), 2));
    const first = data.filter((_, at) => at % 2 === 0);
    const second = data.filter((_, at) => at % 2 === 1);
    const variance = (values: Float32Array) => values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(first.reduce((sum, value) => sum + value, 0) / first.length).toBeCloseTo(0, 4);
    expect(variance(first)).toBeCloseTo(1, 3);
    expect(variance(second)).toBeCloseTo(1 / 9, 1);
  });
});

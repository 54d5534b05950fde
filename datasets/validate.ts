import { UsageError } from '../harness/core/errors.ts';
import type { VectorReader } from './vector-reader.ts';
import type { VectorSet } from './vectors.ts';

/**
 * @param what names the vectors
 * @param first number of the first row, of a block
 * @throws UsageError naming row and column of the first NaN or infinity
 */
export function requireFinite(
  { data, dimension }: Pick<VectorSet, 'data' | 'dimension'>,
  what: string,
  first = 0,
): void {
  for (let n = 0; n < data.length; n++) {
    const value = data[n]!;
    if (Number.isFinite(value)) continue;
    throw new UsageError(
      `${what}: row ${first + Math.floor(n / dimension)}, column ${n % dimension} is ${value}; distances need finite values: ` +
        'repair or leave out that row',
    );
  }
}

/** @throws UsageError where queries and base cannot be compared */
export function requireSameDimension(base: Shape, queries: Shape): void {
  if (base.dimension === queries.dimension) return;
  throw new UsageError(
    `${base.what} has ${base.dimension} dimensions and ${queries.what} has ${queries.dimension}; ` +
      'pass queries that belong to the base file',
  );
}

type Shape = Pick<VectorReader, 'what' | 'dimension'>;

/**
 * Scales every row to unit length, in place. Lengths are taken in double.
 * @param first number of the first row, of a block
 * @throws UsageError naming the first row that has no direction
 */
export function normalise({ dimension, data }: Pick<VectorSet, 'data' | 'dimension'>, what: string, first = 0): void {
  const count = data.length / dimension;
  for (let row = 0; row < count; row++) {
    const [from, until] = [row * dimension, (row + 1) * dimension];
    let sum = 0;
    for (let n = from; n < until; n++) sum += data[n]! * data[n]!;
    if (sum === 0) {
      throw new UsageError(
        `${what}: row ${first + row} is all zeros, which has no angle to anything; leave it out, or use the metric euclidean`,
      );
    }
    const scale = 1 / Math.sqrt(sum);
    for (let n = from; n < until; n++) data[n] = data[n]! * scale;
  }
}

import { UsageError } from '../harness/core/errors.ts';
import type { VectorSet } from './vectors.ts';

/** @throws UsageError naming row and column of the first NaN or infinity; `what` names the vectors */
export function requireFinite({ data, dimension }: VectorSet, what: string): void {
  for (let n = 0; n < data.length; n++) {
    const value = data[n]!;
    if (Number.isFinite(value)) continue;
    throw new UsageError(
      `${what}: row ${Math.floor(n / dimension)}, column ${n % dimension} is ${value}; distances need finite values: ` +
        'repair or leave out that row',
    );
  }
}

/** @throws UsageError where queries and base cannot be compared */
export function requireSameDimension(base: VectorSet, baseName: string, queries: VectorSet, queriesName: string): void {
  if (base.dimension === queries.dimension) return;
  throw new UsageError(
    `${baseName} has ${base.dimension} dimensions and ${queriesName} has ${queries.dimension}; ` +
      'pass queries that belong to the base file',
  );
}

/**
 * Scales every row to unit length, in place: memory may not hold a large set twice. Lengths are taken in double.
 * @throws UsageError naming the first row that has no direction
 */
export function normalise({ count, dimension, data }: VectorSet, what: string): void {
  for (let row = 0; row < count; row++) {
    const [from, until] = [row * dimension, (row + 1) * dimension];
    let sum = 0;
    for (let n = from; n < until; n++) sum += data[n]! * data[n]!;
    if (sum === 0) {
      throw new UsageError(
        `${what}: row ${row} is all zeros, which has no angle to anything; leave it out, or use the metric euclidean`,
      );
    }
    const scale = 1 / Math.sqrt(sum);
    for (let n = from; n < until; n++) data[n] = data[n]! * scale;
  }
}

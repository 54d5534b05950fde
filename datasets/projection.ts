import { seededRandom } from '../harness/core/random.ts';
import { readVectorFile } from './subset.ts';
import { writeVectorFile } from './vector-file.ts';
import { allocateVectors, type VectorSet } from './vectors.ts';

/** An affine map to a few dimensions: to `directions.length` of them, every value times `scale`. */
export interface Projection {
  readonly mean: Float64Array;
  readonly directions: readonly Float64Array[];
  readonly scale: number;
}

const iterations = 60;

/**
 * The first principal components of rows, by orthogonal iteration on their covariance; scaled so that the projected rows have unit variance along
 * the first. Deterministic.
 * @param sample rows that the covariance is taken over: the first so many
 */
export function principalProjection(rows: VectorSet, dimensions: number, sample = 4000): Projection {
  const { dimension } = rows;
  const count = Math.min(sample, rows.count);
  const mean = new Float64Array(dimension);
  for (let row = 0; row < count; ++row)
    for (let d = 0; d < dimension; ++d) mean[d]! += rows.data[row * dimension + d]! / count;
  const centred = new Float64Array(count * dimension);
  for (let row = 0; row < count; ++row)
    for (let d = 0; d < dimension; ++d) centred[row * dimension + d] = rows.data[row * dimension + d]! - mean[d]!;
  const random = seededRandom('principal projection');
  let directions: Float64Array[] = Array.from({ length: dimensions }, () =>
    Float64Array.from({ length: dimension }, () => random() - 0.5),
  );
  let variances: number[] = [];
  for (let turn = 0; turn < iterations; ++turn) {
    directions = directions.map((direction) => timesCovariance(centred, count, direction));
    variances = orthonormalise(directions);
  }
  return { mean, directions, scale: 1 / Math.sqrt(variances[0]!) };
}

function timesCovariance(centred: Float64Array, count: number, direction: Float64Array): Float64Array {
  const dimension = direction.length;
  const result = new Float64Array(dimension);
  for (let row = 0; row < count; ++row) {
    const at = row * dimension;
    let along = 0;
    for (let d = 0; d < dimension; ++d) along += centred[at + d]! * direction[d]!;
    for (let d = 0; d < dimension; ++d) result[d]! += (along * centred[at + d]!) / count;
  }
  return result;
}

/** In place, in order (Gram and Schmidt); returns the lengths there were, which converge to the variances. */
function orthonormalise(directions: readonly Float64Array[]): number[] {
  return directions.map((direction, at) => {
    for (const before of directions.slice(0, at)) {
      const along = direction.reduce((sum, value, d) => sum + value * before[d]!, 0);
      for (let d = 0; d < direction.length; ++d) direction[d]! -= along * before[d]!;
    }
    const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0)) || 1;
    for (let d = 0; d < direction.length; ++d) direction[d]! /= length;
    return length;
  });
}

export function project({ count, dimension, data }: VectorSet, { mean, directions, scale }: Projection): VectorSet {
  const projected = allocateVectors(count, directions.length, 'projected rows');
  for (let row = 0; row < count; ++row) {
    for (const [at, direction] of directions.entries()) {
      let along = 0;
      for (let d = 0; d < dimension; ++d) along += (data[row * dimension + d]! - mean[d]!) * direction[d]!;
      projected.data[row * directions.length + at] = along * scale;
    }
  }
  return projected;
}

/** Writes prepared vector files as others of a few dimensions, by the principal components of the first. */
export async function projectFiles(
  files: readonly { readonly from: string; readonly to: string }[],
  dimensions: number,
): Promise<void> {
  const projection = principalProjection(await readVectorFile(files[0]!.from), dimensions);
  for (const { from, to } of files) {
    const { metric: _, ...rows } = await readVectorFile(from);
    await writeVectorFile(to, 'squared_l2', project(rows, projection));
  }
}

import { createHash, type Hash } from 'node:crypto';
import { MachineError } from '../harness/core/errors.ts';
import type { Metric } from '../harness/core/target.ts';

/** Rows of float32: row-major, without padding, `count * dimension` values. */
export interface VectorSet {
  readonly count: number;
  readonly dimension: number;
  readonly data: Float32Array;
}

/** Zeroed rows. @throws MachineError where memory does not hold them; `what` names them in the message */
export function allocateVectors(count: number, dimension: number, what: string): VectorSet {
  try {
    return { count, dimension, data: new Float32Array(count * dimension) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const gibibytes = ((count * dimension * 4) / 2 ** 30).toFixed(1);
    throw new MachineError(
      `${what}: ${count} x ${dimension} float32 values need ${gibibytes} GiB, more than this process can hold`,
      'use a machine with more memory, or a smaller part of the dataset',
      { cause: error },
    );
  }
}

/**
 * SHA-256 of metric, shapes, base and queries, the identity of every figure measured over them: to be updated with the values of
 * all base rows, then of all queries, without padding.
 */
export function datasetHash(metric: Metric, base: VectorShape, queries: VectorShape): Hash {
  const shapes = [base.count, base.dimension, queries.count, queries.dimension];
  return createHash('sha256').update(`annvil dataset 1\n${metric}\n${shapes.join(' ')}\n`);
}

type VectorShape = Pick<VectorSet, 'count' | 'dimension'>;

/** The memory of `values` itself, not a copy. */
export function bytesOf(values: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

import { createHash, type Hash } from 'node:crypto';
import { MachineError } from '../harness/core/errors.ts';
import type { Metric } from '../harness/core/target.ts';

/** Rows of float32: row-major, without padding, `count * dimension` values. */
export interface VectorSet {
  readonly count: number;
  readonly dimension: number;
  readonly data: Float32Array;
}

/** What an index is built over and asked about. Under `inner_product` every row has unit length. */
export interface Dataset {
  readonly name: string;
  readonly metric: Metric;
  readonly base: VectorSet;
  readonly queries: VectorSet;
  /** SHA-256 (hex) of metric, shapes, base and queries: the identity of every figure measured over them. */
  readonly hash: string;
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

export function hashDataset(metric: Metric, base: VectorSet, queries: VectorSet): string {
  const shapes = [base.count, base.dimension, queries.count, queries.dimension];
  const hash = createHash('sha256').update(`annvil dataset 1\n${metric}\n${shapes.join(' ')}\n`);
  updateHash(hash, bytesOf(base.data));
  updateHash(hash, bytesOf(queries.data));
  return hash.digest('hex');
}

/** The memory of `values` itself, not a copy. */
export function bytesOf(values: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** One update takes less than 2 GiB. */
function updateHash(hash: Hash, bytes: Uint8Array): void {
  const step = 2 ** 30;
  for (let from = 0; from < bytes.length; from += step) hash.update(bytes.subarray(from, from + step));
}

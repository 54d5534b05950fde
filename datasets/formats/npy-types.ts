import { UsageError } from '../../harness/core/errors.ts';
import { type ElementArray, toFloat32 } from './element.ts';

/** A type of values in an npy file or an HDF5 dataset. */
export interface NpyType {
  readonly bytes: number;
  /**
   * The first `length` values of a buffer as float32.
   * @throws UsageError for a value out of float32's range, or an integer that it cannot hold
   */
  readonly decode: (buffer: ArrayBufferLike, length: number, where: (n: number) => string) => Float32Array;
}

const whole = (bytes: number, view: (buffer: ArrayBufferLike, length: number) => ElementArray): NpyType => ({
  bytes,
  decode: (buffer, length, where) => toFloat32(view(buffer, length), where),
});

/** By NumPy's name without byte order. */
export const npyTypes: Record<string, NpyType> = {
  f4: whole(4, (buffer, length) => new Float32Array(buffer, 0, length)),
  f8: { bytes: 8, decode: (buffer, length, where) => roundDoubles(new Float64Array(buffer, 0, length), where) },
  f2: { bytes: 2, decode: (buffer, length) => Float32Array.from(new Uint16Array(buffer, 0, length), halfToFloat) },
  i1: whole(1, (buffer, length) => new Int8Array(buffer, 0, length)),
  u1: whole(1, (buffer, length) => new Uint8Array(buffer, 0, length)),
  i2: whole(2, (buffer, length) => new Int16Array(buffer, 0, length)),
  u2: whole(2, (buffer, length) => new Uint16Array(buffer, 0, length)),
  i4: whole(4, (buffer, length) => new Int32Array(buffer, 0, length)),
  u4: whole(4, (buffer, length) => new Uint32Array(buffer, 0, length)),
};

/** Rounded to the nearest float32. @throws UsageError for a finite value beyond its range */
export function roundDoubles(values: Float64Array, where: (n: number) => string): Float32Array {
  const rounded = Float32Array.from(values);
  for (let n = 0; n < rounded.length; ++n) {
    if (Number.isFinite(rounded[n]) || !Number.isFinite(values[n])) continue;
    throw new UsageError(`${where(n)}: ${values[n]} cannot be held by float32; scale the data`);
  }
  return rounded;
}

/** IEEE 754 binary16, from its bits. */
function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}

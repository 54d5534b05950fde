import { UsageError } from '../../harness/core/errors.ts';

export type ElementArray = Float32Array | Uint8Array | Int8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** The type of one coordinate on disk, little-endian as every machine Annvil runs on. */
export interface Element {
  readonly name: string;
  readonly bytes: number;
  /** A view of `length` elements; `offset` is a multiple of `bytes`. */
  readonly view: (buffer: ArrayBufferLike, offset: number, length: number) => ElementArray;
}

export const float32: Element = {
  name: 'float32',
  bytes: 4,
  view: (buffer, offset, length) => new Float32Array(buffer, offset, length),
};
export const uint8: Element = {
  name: 'uint8',
  bytes: 1,
  view: (buffer, offset, length) => new Uint8Array(buffer, offset, length),
};
export const int8: Element = {
  name: 'int8',
  bytes: 1,
  view: (buffer, offset, length) => new Int8Array(buffer, offset, length),
};
export const int32: Element = {
  name: 'int32',
  bytes: 4,
  view: (buffer, offset, length) => new Int32Array(buffer, offset, length),
};

/**
 * Copies `source` to `target`, of equal length, from or to an element type. float32 to float32 keeps every bit.
 * @param where names the place of the n-th value, for the error
 * @throws UsageError where a value is changed by it: 0.5 or 300 in a uint8, 16777217 in a float32
 */
export function convert(source: ElementArray, target: ElementArray, to: string, where: (n: number) => string): void {
  target.set(source);
  // Integers of one or two bytes are exact in a float32, and a float32 in itself.
  if (source.constructor === target.constructor) return;
  if (target instanceof Float32Array && source.BYTES_PER_ELEMENT < 4) return;
  for (let n = 0; n < source.length; n++) {
    if (target[n] === source[n]) continue;
    throw new UsageError(`${where(n)}: ${source[n]} cannot be held by ${to}; scale or round the data, or use float32`);
  }
}

/** The values as float32: the array itself where it is one. @throws UsageError where float32 cannot hold one of them */
export function toFloat32(source: ElementArray, where: (n: number) => string): Float32Array {
  if (source instanceof Float32Array) return source;
  const target = new Float32Array(source.length);
  convert(source, target, 'float32', where);
  return target;
}

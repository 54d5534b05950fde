import { blocksOf, type VectorReader } from '../vector-reader.ts';

/** What is to be known of a set of vectors by reading it once. */
export interface RowFacts {
  readonly count: number;
  readonly dimension: number;
  /** Least and greatest value; null where none is finite. */
  readonly values: { readonly least: number; readonly greatest: number } | null;
  /** Lengths of the rows; null where one is not finite. */
  readonly norms: { readonly min: number; readonly median: number; readonly max: number } | null;
  /** Rows that are all zeros. */
  readonly zeroRows: number;
  readonly notFinite: {
    readonly rows: number;
    readonly values: number;
    /** `value` is NaN, Infinity or -Infinity, as text. */
    readonly first: { readonly row: number; readonly column: number; readonly value: string } | null;
  };
}

/** Facts, and 53 bits of hash a row: two different rows of a million share one with a chance of 1 in 20,000. */
export async function scanRows(
  reader: VectorReader,
  { onRows = () => {}, signal }: { readonly onRows?: (done: number) => void; readonly signal?: AbortSignal } = {},
): Promise<{ facts: RowFacts; hashes: Float64Array }> {
  const { count, dimension } = reader;
  const norms = new Float64Array(count);
  const hashes = new Float64Array(count);
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [zeroRows, badRows, badValues] = [0, 0, 0];
  let first: RowFacts['notFinite']['first'] = null;
  for await (const { from, rows, data } of blocksOf(reader)) {
    signal?.throwIfAborted();
    // A block may be a view of something larger, but its values start at a multiple of four bytes.
    const words = new Int32Array(data.buffer, data.byteOffset, data.length);
    for (let row = 0; row < rows; ++row) {
      let [sum, bad] = [0, 0];
      for (let column = 0; column < dimension; ++column) {
        const value = data[row * dimension + column]!;
        sum += value * value;
        if (Number.isFinite(value)) {
          if (value < least) least = value;
          if (value > greatest) greatest = value;
        } else {
          ++bad;
          first ??= { row: from + row, column, value: String(value) };
        }
      }
      norms[from + row] = Math.sqrt(sum);
      hashes[from + row] = rowHash(words, row * dimension, dimension);
      if (sum === 0) ++zeroRows;
      if (bad > 0) ++badRows;
      badValues += bad;
    }
    onRows(from + rows);
  }
  norms.sort();
  const facts: RowFacts = {
    count,
    dimension,
    values: least <= greatest ? { least, greatest } : null,
    norms: badRows > 0 ? null : { min: norms[0]!, median: norms[count >> 1]!, max: norms[count - 1]! },
    zeroRows,
    notFinite: { rows: badRows, values: badValues, first },
  };
  return { facts, hashes };
}

/** Rows that equal an earlier one. Sorts the hashes. */
export function countRepeated(hashes: Float64Array): number {
  hashes.sort();
  let repeated = 0;
  for (let at = 1; at < hashes.length; ++at) if (hashes[at] === hashes[at - 1]) ++repeated;
  return repeated;
}

/** How many of `hashes` are among `sorted`. */
export function countAmong(hashes: Float64Array, sorted: Float64Array): number {
  let found = 0;
  for (const hash of hashes) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! < hash) low = middle + 1;
      else high = middle;
    }
    if (sorted[low] === hash) ++found;
  }
  return found;
}

const negativeZero = -0x80000000;

/** Two multiplicative hashes of the values' bits, mixed as murmur3 does its last step; 0 and -0 are the same value. */
function rowHash(words: Int32Array, from: number, dimension: number): number {
  let [one, other] = [0x9747b28c | 0, 0x3c6ef372];
  for (let at = from; at < from + dimension; ++at) {
    const word = words[at] === negativeZero ? 0 : words[at]!;
    one = Math.imul(one ^ word, 0x85ebca6b);
    one ^= one >>> 13;
    other = Math.imul(other ^ word, 0xc2b2ae35);
    other ^= other >>> 16;
  }
  one = Math.imul(one ^ (one >>> 16), 0xc2b2ae35);
  return (one >>> 0) * 2 ** 21 + (other >>> 11);
}

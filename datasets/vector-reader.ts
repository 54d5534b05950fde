import { rowBlocks } from './row-blocks.ts';
import type { VectorSet } from './vectors.ts';

/** Vectors that lie somewhere, read a block of rows at a time: what is larger than memory can be worked on, too. */
export interface VectorReader {
  /** Names the vectors in messages: mostly the path of their file. */
  readonly what: string;
  readonly count: number;
  readonly dimension: number;
  /** Bytes that a row takes where it lies, for progress. */
  readonly rowBytes: number;
  /**
   * `rows` rows from `from` on, row-major, `rows * dimension` values. A block that the caller may change.
   * @throws UsageError where the file is cut short or holds what float32 cannot
   */
  read(from: number, rows: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Some rows of a larger set, and where they stood in it. */
export interface RowBlock {
  readonly from: number;
  readonly rows: number;
  readonly data: Float32Array;
}

/** All rows in order, in blocks of some 16 MiB. */
export async function* blocksOf(reader: VectorReader): AsyncGenerator<RowBlock> {
  for (const [from, rows] of rowBlocks(reader.count, Math.max(reader.rowBytes, 4 * reader.dimension))) {
    yield { from, rows, data: await reader.read(from, rows) };
  }
}

/** Vectors that are in memory, as a reader. */
export function memoryReader(what: string, { count, dimension, data }: VectorSet): VectorReader {
  return {
    what,
    count,
    dimension,
    rowBytes: 4 * dimension,
    read: async (from, rows) => data.slice(from * dimension, (from + rows) * dimension),
    close: async () => {},
  };
}

/** The rows whose numbers are in `rows` (ascending), in that order. Closes the reader it takes from. */
export function onlyRows(reader: VectorReader, rows: Uint32Array): VectorReader {
  const { dimension } = reader;
  return {
    ...shapeOf(reader, rows.length),
    async read(from, count) {
      const picked = new Float32Array(count * dimension);
      for (let place = 0; place < count; ) {
        const first = rows[from + place]!;
        let run = 1;
        while (place + run < count && rows[from + place + run] === first + run) ++run;
        picked.set(await reader.read(first, run), place * dimension);
        place += run;
      }
      return picked;
    },
  };
}

/** All rows but those whose numbers are in `rows` (ascending). Closes the reader it takes from. */
export function withoutRows(reader: VectorReader, rows: Uint32Array): VectorReader {
  const { dimension } = reader;
  return {
    ...shapeOf(reader, reader.count - rows.length),
    async read(from, count) {
      const start = placeOf(rows, from);
      const end = placeOf(rows, from + count - 1) + 1;
      const block = await reader.read(start, end - start);
      let kept = 0;
      let next = firstAtLeast(rows, start);
      for (let row = start; row < end; ++row) {
        if (rows[next] === row) {
          ++next;
          continue;
        }
        block.copyWithin(kept * dimension, (row - start) * dimension, (row - start + 1) * dimension);
        ++kept;
      }
      return block.subarray(0, kept * dimension);
    },
  };
}

function shapeOf({ what, dimension, rowBytes, close }: VectorReader, count: number): Omit<VectorReader, 'read'> {
  return { what, count, dimension, rowBytes, close };
}

/** Where the `kept`-th row that is not in `left` stands. */
function placeOf(left: Uint32Array, kept: number): number {
  // Each row of `left` at or before the place moves it by one; the number of these is found by bisection.
  let [low, high] = [0, left.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (left[middle]! - middle <= kept) low = middle + 1;
    else high = middle;
  }
  return kept + low;
}

/** Place of the first value that is at least `value`, by bisection; the length where there is none. */
export function firstAtLeast(sorted: Uint32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

import type { FileHandle } from 'node:fs/promises';
import type { VectorSet } from '../vectors.ts';
import type { InputFile } from './input-file.ts';

/** Called with the bytes of the file that are decoded so far. */
export type OnBytes = (done: number) => void;

/** A layout of vectors in a file. Files may be larger than memory's largest Buffer, so both directions go by blocks. */
export interface Format {
  /** Decodes a whole file. @throws UsageError where the file is empty, cut short, or something else than its name says */
  read(file: InputFile, onBytes: OnBytes): Promise<VectorSet>;
  /** Writes from the file's current position. @throws UsageError for a value that the format has no place for */
  write(file: FileHandle, vectors: VectorSet): Promise<void>;
}

/** Rows of one read or write: about 16 MiB. */
export const blockBytes = 16 * 2 ** 20;

/** Cuts `count` rows into blocks of about `blockBytes`; yields [first row, rows in the block]. */
export function* rowBlocks(count: number, rowBytes: number): Generator<readonly [number, number]> {
  const rows = Math.max(1, Math.floor(blockBytes / rowBytes));
  for (let from = 0; from < count; from += rows) yield [from, Math.min(rows, count - from)];
}

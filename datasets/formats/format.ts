import type { FileHandle } from 'node:fs/promises';
import type { VectorReader } from '../vector-reader.ts';
import type { VectorSet } from '../vectors.ts';
import type { InputFile } from './input-file.ts';

/** A layout of vectors in a file. Files may be larger than memory, so both directions go by blocks. */
export interface Format {
  /**
   * Reads the file's shape; rows are read later, block by block. The reader closes the file.
   * @throws UsageError where the file is empty, cut short, or something else than its name says
   */
  open(file: InputFile): Promise<VectorReader>;
  /** Writes from the file's current position. @throws UsageError for a value that the format has no place for */
  write(file: FileHandle, vectors: VectorSet): Promise<void>;
}

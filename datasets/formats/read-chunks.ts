import { type FileHandle, open } from 'node:fs/promises';
import { UsageError } from '../../harness/core/errors.ts';

/** Bytes read at once: files are larger than one Buffer may be. */
const chunkBytes = 16 * 2 ** 20;

/** Opens a file for reading, says how long it is, and closes it. @throws UsageError where it cannot be read */
export async function withFile<T>(path: string, use: (file: FileHandle, bytes: number) => Promise<T>): Promise<T> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read ${path}: ${cause.message}`, { cause });
  });
  try {
    return await use(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

/** Reads exactly `length` bytes at `position`. The caller has checked that they are there. */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) throw new UsageError(`the file ended at byte ${position + done} while it was read`);
    done += bytesRead;
  }
  return buffer;
}

/** Calls `use(rows, firstRow)` for runs of whole rows of `rowBytes`, in order. */
export async function forEachChunk(
  file: FileHandle,
  start: number,
  rows: number,
  rowBytes: number,
  use: (chunk: Buffer, firstRow: number) => void,
): Promise<void> {
  const atOnce = Math.max(1, Math.floor(chunkBytes / rowBytes));
  for (let first = 0; first < rows; first += atOnce) {
    const count = Math.min(atOnce, rows - first);
    use(await readAt(file, start + first * rowBytes, count * rowBytes), first);
  }
}

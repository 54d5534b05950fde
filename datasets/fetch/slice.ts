import { open } from 'node:fs/promises';
import { UsageError } from '../../harness/core/errors.ts';

export const sliceHeaderBytes = 8;

/**
 * Makes the first rows of a file in the big-ann benchmarks' format a file of its own: its header, which counts the rows of all, is made
 * to count these. A second time it changes nothing.
 * @throws UsageError where the header does not fit
 */
export async function becomeSlice(
  path: string,
  slice: { readonly rows: number; readonly dimension: number },
): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const head = Buffer.alloc(sliceHeaderBytes);
    await file.read(head, 0, head.length, 0);
    const [rows, dimension] = [head.readUInt32LE(0), head.readUInt32LE(4)];
    if (dimension !== slice.dimension || rows < slice.rows) {
      const wanted = `${slice.rows} or more rows of ${slice.dimension} dimensions`;
      throw new UsageError(`${path} says it holds ${rows} rows of ${dimension}, not ${wanted}; is it the right file?`);
    }
    head.writeUInt32LE(slice.rows, 0);
    await file.write(head, 0, head.length, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

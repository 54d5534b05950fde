import type { FileHandle } from 'node:fs/promises';
import { UsageError } from '../../harness/core/errors.ts';
import { rowBlocks } from '../row-blocks.ts';
import type { VectorReader } from '../vector-reader.ts';
import { bytesOf, type VectorSet } from '../vectors.ts';
import { convert, uint8 } from './element.ts';
import type { Format } from './format.ts';
import type { InputFile } from './input-file.ts';
import { maxDimension } from './limits.ts';

/** 0, 0, type (8: unsigned bytes), number of axes; then one big-endian uint32 an axis. */
const magic = 0x0000_0803;
const headerBytes = 16;

/** MNIST's images: unsigned bytes over three axes; an image is one row, its pixels line by line. */
export const idxImages: Format = {
  async open(file: InputFile): Promise<VectorReader> {
    const head = await file.head(headerBytes);
    const [found, count, height, width] = [0, 4, 8, 12].map((at) => head.getUint32(at)) as [
      number,
      number,
      number,
      number,
    ];
    const dimension = height * width;
    const shape = `its header says ${count} images of ${height} x ${width}`;
    if (found !== magic || count === 0 || dimension === 0 || dimension > maxDimension) {
      const start = `it starts with 0x${found.toString(16).padStart(8, '0')}, ${shape}`;
      throw new UsageError(`${file.path} is no IDX file of byte images (0x00000803): ${start}; is its name right?`);
    }
    const expected = headerBytes + count * dimension;
    if (file.size !== expected) {
      const fault = file.size < expected ? 'truncated' : 'mislabelled or damaged';
      throw new UsageError(`${file.path} is ${fault}: ${shape}, which is ${expected} bytes, but it has ${file.size}`);
    }
    return {
      what: file.path,
      count,
      dimension,
      rowBytes: dimension,
      async read(from, rows) {
        const block = new Uint8Array(rows * dimension);
        await file.fill(block, headerBytes + from * dimension);
        return Float32Array.from(block);
      },
      close: () => file.close(),
    };
  },

  /** A vector has no second axis: its row becomes an image one pixel high. */
  async write(file: FileHandle, { count, dimension, data }: VectorSet): Promise<void> {
    const head = new DataView(new ArrayBuffer(headerBytes));
    [magic, count, 1, dimension].forEach((value, n) => {
      head.setUint32(4 * n, value);
    });
    await file.writeFile(new Uint8Array(head.buffer));
    for (const [from, rows] of rowBlocks(count, dimension)) {
      const source = data.subarray(from * dimension, (from + rows) * dimension);
      const block = new Uint8Array(source.length);
      convert(source, block, uint8.name, (n) => `row ${from + Math.floor(n / dimension)}, column ${n % dimension}`);
      await file.writeFile(bytesOf(block));
    }
  },
};

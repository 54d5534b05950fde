import type { FileHandle } from 'node:fs/promises';
import { UsageError } from '../../harness/core/errors.ts';
import { rowBlocks } from '../row-blocks.ts';
import type { VectorReader } from '../vector-reader.ts';
import type { VectorSet } from '../vectors.ts';
import { convert, type Element, float32, int32, uint8 } from './element.ts';
import type { Format } from './format.ts';
import type { InputFile } from './input-file.ts';
import { maxDimension } from './limits.ts';

const prefixBytes = 4;

/** The format of the TEXMEX corpora (SIFT1M, GIST1M): every row is its dimension as int32, then its values. */
export function vecsFormat(element: Element): Format {
  return {
    async open(file: InputFile): Promise<VectorReader> {
      const { count, dimension } = await readShape(file, element);
      const rowBytes = prefixBytes + dimension * element.bytes;
      return {
        what: file.path,
        count,
        dimension,
        rowBytes,
        async read(from, rows) {
          const block = new Uint8Array(rows * rowBytes);
          await file.fill(block, from * rowBytes);
          const prefixes = new DataView(block.buffer);
          const values = new Float32Array(rows * dimension);
          for (let row = 0; row < rows; row++) {
            const said = prefixes.getInt32(row * rowBytes, true);
            if (said !== dimension) throw varyingRows(file, from + row, said, dimension);
            const source = element.view(block.buffer, row * rowBytes + prefixBytes, dimension);
            const target = values.subarray(row * dimension, (row + 1) * dimension);
            convert(source, target, 'float32', (n) => `${file.path}, row ${from + row}, column ${n}`);
          }
          return values;
        },
        close: () => file.close(),
      };
    },

    async write(file: FileHandle, { count, dimension, data }: VectorSet): Promise<void> {
      const rowBytes = prefixBytes + dimension * element.bytes;
      for (const [from, rows] of rowBlocks(count, rowBytes)) {
        const block = new Uint8Array(rows * rowBytes);
        const prefixes = new DataView(block.buffer);
        for (let row = 0; row < rows; row++) {
          prefixes.setInt32(row * rowBytes, dimension, true);
          const source = data.subarray((from + row) * dimension, (from + row + 1) * dimension);
          const target = element.view(block.buffer, row * rowBytes + prefixBytes, dimension);
          convert(source, target, element.name, (n) => `row ${from + row}, column ${n}`);
        }
        await file.writeFile(block);
      }
    },
  };
}

async function readShape(file: InputFile, element: Element): Promise<{ count: number; dimension: number }> {
  const dimension = (await file.head(prefixBytes)).getInt32(0, true);
  if (dimension <= 0 || dimension > maxDimension) {
    throw new UsageError(
      `${file.path} is no ${element.name} vecs file: its first row says ${dimension} dimensions, not 1 to ${maxDimension}; ` +
        'is its extension right?',
    );
  }
  const rowBytes = prefixBytes + dimension * element.bytes;
  const count = Math.floor(file.size / rowBytes);
  if (count * rowBytes === file.size) return { count, dimension };
  for (const other of [float32, uint8, int32]) {
    if (other.bytes !== element.bytes && (await hasRowsOf(file, other, dimension))) {
      throw new UsageError(
        `${file.path} is mislabelled: it holds rows of ${dimension} ${other.name} values, not ${element.name}; correct its extension`,
      );
    }
  }
  throw new UsageError(
    `${file.path} is truncated or mislabelled: expected whole rows of ${rowBytes} bytes (${dimension} x ${element.name}), ` +
      `that is ${(count + 1) * rowBytes} bytes, found ${file.size}; download or convert it again`,
  );
}

/** Whether size and second row fit rows of another element type. */
async function hasRowsOf(file: InputFile, element: Element, dimension: number): Promise<boolean> {
  const rowBytes = prefixBytes + dimension * element.bytes;
  if (file.size % rowBytes !== 0) return false;
  if (file.size === rowBytes) return true;
  const prefix = new Uint8Array(prefixBytes);
  await file.fill(prefix, rowBytes);
  return new DataView(prefix.buffer).getInt32(0, true) === dimension;
}

function varyingRows(file: InputFile, row: number, said: number, dimension: number): UsageError {
  return new UsageError(
    `${file.path} is mislabelled or damaged: row ${row} says ${said} dimensions, row 0 says ${dimension}; ` +
      'every row must have the same',
  );
}

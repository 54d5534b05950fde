import type { FileHandle } from 'node:fs/promises';
import { UsageError } from '../../harness/core/errors.ts';
import { rowBlocks } from '../row-blocks.ts';
import type { VectorReader } from '../vector-reader.ts';
import { bytesOf, type VectorSet } from '../vectors.ts';
import { convert, type Element, float32, int8, int32, toFloat32, uint8 } from './element.ts';
import type { Format } from './format.ts';
import type { InputFile } from './input-file.ts';
import { maxDimension } from './limits.ts';

const headerBytes = 8;

/** The format of the big-ann-benchmarks: int32 count, int32 dimension, then the rows. */
export function binFormat(element: Element): Format {
  return {
    async open(file: InputFile): Promise<VectorReader> {
      const { count, dimension } = await readHeader(file, element);
      const rowBytes = dimension * element.bytes;
      return {
        what: file.path,
        count,
        dimension,
        rowBytes,
        async read(from, rows) {
          const block = new Uint8Array(rows * rowBytes);
          await file.fill(block, headerBytes + from * rowBytes);
          const place = (n: number) => `${file.path}, row ${from + Math.floor(n / dimension)}, column ${n % dimension}`;
          return toFloat32(element.view(block.buffer, 0, rows * dimension), place);
        },
        close: () => file.close(),
      };
    },

    async write(file: FileHandle, { count, dimension, data }: VectorSet): Promise<void> {
      await file.writeFile(bytesOf(Int32Array.of(count, dimension)));
      for (const [from, rows] of rowBlocks(count, dimension * element.bytes)) {
        const source = data.subarray(from * dimension, (from + rows) * dimension);
        const block = element.view(new ArrayBuffer(source.length * element.bytes), 0, source.length);
        const where = (n: number) => `row ${from + Math.floor(n / dimension)}, column ${n % dimension}`;
        convert(source, block, element.name, where);
        await file.writeFile(bytesOf(block));
      }
    },
  };
}

async function readHeader(file: InputFile, element: Element): Promise<{ count: number; dimension: number }> {
  const head = await file.head(headerBytes);
  const [count, dimension] = [head.getInt32(0, true), head.getInt32(4, true)];
  const shape = `its header says ${count} rows of ${dimension} dimensions`;
  if (count <= 0 || dimension <= 0 || dimension > maxDimension) {
    const allowed = `at least one row and 1 to ${maxDimension} dimensions`;
    throw new UsageError(
      `${file.path} is no ${element.name} bin file: ${shape}, not ${allowed}; is its extension right?`,
    );
  }
  const expected = headerBytes + count * dimension * element.bytes;
  if (file.size === expected) return { count, dimension };
  const sizes = `${shape}, which is ${expected} bytes of ${element.name}, but it has ${file.size}`;
  const fitting = [float32, int32, uint8, int8].filter(
    ({ bytes }) => headerBytes + count * dimension * bytes === file.size,
  );
  if (fitting.length > 0) {
    const names = fitting.map(({ name }) => name).join(' or ');
    throw new UsageError(`${file.path} is mislabelled: ${sizes}, the size of ${names}; correct its extension`);
  }
  if (file.size < expected) throw new UsageError(`${file.path} is truncated: ${sizes}; download or convert it again`);
  throw new UsageError(`${file.path} is mislabelled or damaged: ${sizes}; is its extension right?`);
}

import type { FileHandle } from 'node:fs/promises';
import { UsageError } from '../../harness/core/errors.ts';
import { rowBlocks } from '../row-blocks.ts';
import type { VectorReader } from '../vector-reader.ts';
import { bytesOf, type VectorSet } from '../vectors.ts';
import type { Format } from './format.ts';
import type { InputFile } from './input-file.ts';
import { maxDimension } from './limits.ts';
import { type NpyType, npyTypes } from './npy-types.ts';

/*
 * NumPy's format, versions 1 to 3 (numpy.lib.format): magic, two bytes of version, the length of a header (uint16; from version 2 on
 * uint32), the header as text of a Python dictionary, then the values.
 */
const magic = '\u0093NUMPY';
const versionAt = 6;
const lengthAt = 8;
const maxHeaderBytes = 2 ** 16;

interface Header {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  readonly bytes: number;
}

/** A two-dimensional array in C order, a vector a row; float64 is rounded to float32. */
export const npy: Format = {
  async open(file: InputFile): Promise<VectorReader> {
    const header = await readHeader(file);
    const { type, count, dimension } = understand(file.path, header);
    const rowBytes = dimension * type.bytes;
    const expected = header.bytes + count * rowBytes;
    if (file.size !== expected) {
      const fault = file.size < expected ? 'truncated' : 'mislabelled or damaged';
      const shape = `its header says ${count} x ${dimension} values of ${header.descr}, which is ${expected} bytes`;
      throw new UsageError(`${file.path} is ${fault}: ${shape}, but it has ${file.size}; download or convert it again`);
    }
    return {
      what: file.path,
      count,
      dimension,
      rowBytes,
      async read(from, rows) {
        const block = new Uint8Array(rows * rowBytes);
        await file.fill(block, header.bytes + from * rowBytes);
        const place = (n: number) => `${file.path}, row ${from + Math.floor(n / dimension)}, column ${n % dimension}`;
        return type.decode(block.buffer, rows * dimension, place);
      },
      close: () => file.close(),
    };
  },

  async write(file: FileHandle, { count, dimension, data }: VectorSet): Promise<void> {
    const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${count}, ${dimension}), }`;
    // The values begin at a multiple of 64 bytes, and the header ends with a line feed.
    const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
    const head = Buffer.alloc(10 + length, ' ');
    head.write(magic, 'latin1');
    head.writeUInt16LE(1, versionAt);
    head.writeUInt16LE(length, lengthAt);
    head.write(text, 10, 'latin1');
    head.write('\n', 10 + length - 1, 'latin1');
    await file.writeFile(head);
    for (const [from, rows] of rowBlocks(count, dimension * 4)) {
      await file.writeFile(bytesOf(data.subarray(from * dimension, (from + rows) * dimension)));
    }
  },
};

async function readHeader(file: InputFile): Promise<Header> {
  const head = await file.head(12);
  const start = new Uint8Array(head.buffer, 0, versionAt);
  if (Buffer.from(start).toString('latin1') !== magic) {
    throw new UsageError(
      `${file.path} is no npy file: it starts with the bytes ${start.join(' ')}; is its extension right?`,
    );
  }
  const version = head.getUint8(versionAt);
  if (version < 1 || version > 3) {
    throw new UsageError(`${file.path} is an npy file of version ${version}; 1, 2 and 3 are known; save it again`);
  }
  const [at, length] = version === 1 ? [10, head.getUint16(lengthAt, true)] : [12, head.getUint32(lengthAt, true)];
  if (length > maxHeaderBytes) throw new UsageError(`${file.path} is damaged: its header would take ${length} bytes`);
  const view = await file.head(at + length);
  const text = Buffer.from(view.buffer, at, length).toString('utf8');
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const fortran = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descr === undefined || fortran === undefined || shape === undefined) {
    throw new UsageError(
      `${file.path} holds no plain array: its header is ${text.trim().slice(0, 200)}; save a two-dimensional array of numbers`,
    );
  }
  const axes = shape.split(',').map((axis) => axis.trim());
  return {
    descr,
    fortran: fortran === 'True',
    shape: axes.filter((axis) => axis !== '').map(Number),
    bytes: at + length,
  };
}

function understand(
  path: string,
  { descr, fortran, shape }: Header,
): { type: NpyType; count: number; dimension: number } {
  const [count, dimension] = shape;
  if (shape.length !== 2 || !count || !dimension || dimension > maxDimension) {
    throw new UsageError(
      `${path} has the shape (${shape.join(', ')}); vectors are the rows of a two-dimensional array that is not empty`,
    );
  }
  const type = npyTypes[descr.slice(1)];
  if (!type || (descr[0] === '>' && type.bytes > 1)) {
    const known = Object.keys(npyTypes).join(', ');
    throw new UsageError(
      `${path} holds values of ${descr}; little-endian ${known} are read: save array.astype('<f4') instead`,
    );
  }
  if (fortran && count > 1 && dimension > 1) {
    throw new UsageError(`${path} is in Fortran order; save numpy.ascontiguousarray(array) instead`);
  }
  return { type, count, dimension };
}

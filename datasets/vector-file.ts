import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { HarnessError } from '../harness/core/errors.ts';
import { type Metric, metrics } from '../harness/core/target.ts';
import { writeWhole } from './disk.ts';
import { rowBlocks } from './formats/format.ts';
import { bytesOf, type VectorSet } from './vectors.ts';

/*
 * The prepared vector file (.avec), which the C++ side maps (candidates/player/mapping.hpp): a header of 4096 bytes, then rows
 * of float32 padded with zeros to `stride`. Header, little-endian: magic, uint32 metric, count, dimension, stride; then the
 * hex SHA-256 of the rows as 64 ASCII characters.
 */
const magic = 'ANNVILV1';
const headerBytes = 4096;
const fieldsBytes = 24;
const hashCharacters = 64;
/** Floats of a cache line: rows start on one. */
const strideUnit = 16;

/** What a vector file says of itself before its rows. */
export interface VectorFileShape {
  readonly metric: Metric;
  readonly count: number;
  readonly dimension: number;
}

export function strideOf(dimension: number): number {
  return Math.ceil(dimension / strideUnit) * strideUnit;
}

/** @param onRows called with the rows written so far; @throws MachineError where there is no room */
export async function writeVectorFile(
  path: string,
  metric: Metric,
  { count, dimension, data }: VectorSet,
  onRows: (done: number) => void = () => {},
): Promise<void> {
  const stride = strideOf(dimension);
  await writeWhole(path, async (file) => {
    await file.writeFile(new Uint8Array(headerBytes));
    const hash = createHash('sha256');
    for (const [from, rows] of rowBlocks(count, stride * 4)) {
      const block = bytesOf(padRows(data, from, rows, dimension, stride));
      hash.update(block);
      await file.writeFile(block);
      onRows(from + rows);
    }
    const fields = encodeFields({ metric, count, dimension });
    const head = Buffer.concat([fields, Buffer.from(hash.digest('hex'), 'latin1')]);
    await file.write(head, 0, head.length, 0);
  });
}

/** Whether `path` is a whole vector file of this shape. The rows are not read: the name of their folder is their hash. */
export async function isVectorFile(path: string, shape: VectorFileShape): Promise<boolean> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return false;
  try {
    const fields = Buffer.alloc(fieldsBytes);
    await file.read(fields, 0, fieldsBytes, 0);
    const wanted = headerBytes + shape.count * strideOf(shape.dimension) * 4;
    return fields.equals(encodeFields(shape)) && (await file.stat()).size === wanted;
  } finally {
    await file.close();
  }
}

/** The hex SHA-256 of the rows, as the file's header states it. @throws HarnessError where it states none */
export async function rowsHash(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(hashCharacters), 0, hashCharacters, fieldsBytes);
    const hash = buffer.toString('latin1');
    if (/^[0-9a-f]{64}$/.test(hash)) return hash;
  } finally {
    await file.close();
  }
  throw new HarnessError(`${path} does not say what its rows hash to; remove it and run the command again`);
}

function encodeFields({ metric, count, dimension }: VectorFileShape): Buffer {
  const fields = Buffer.alloc(fieldsBytes);
  fields.write(magic, 'latin1');
  [metrics.indexOf(metric), count, dimension, strideOf(dimension)].forEach((value, n) => {
    fields.writeUInt32LE(value, magic.length + 4 * n);
  });
  return fields;
}

function padRows(data: Float32Array, from: number, rows: number, dimension: number, stride: number): Float32Array {
  if (stride === dimension) return data.subarray(from * dimension, (from + rows) * dimension);
  const padded = new Float32Array(rows * stride);
  for (let row = 0; row < rows; row++) {
    const start = (from + row) * dimension;
    padded.set(data.subarray(start, start + dimension), row * stride);
  }
  return padded;
}

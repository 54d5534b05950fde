import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { HarnessError } from '../harness/core/errors.ts';
import { type Metric, metrics } from '../harness/core/target.ts';
import { writeWhole } from './disk.ts';
import { rowBlocks } from './row-blocks.ts';
import type { VectorReader } from './vector-reader.ts';
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

/**
 * Writes rows as they come, so that they need not fit into memory.
 * @param blocks whole rows, `count` in all
 * @throws MachineError where there is no room
 */
export async function writeVectorRows(
  path: string,
  shape: VectorFileShape,
  blocks: AsyncIterable<Float32Array>,
): Promise<void> {
  const { count, dimension } = shape;
  const stride = strideOf(dimension);
  await writeWhole(path, async (file) => {
    await file.writeFile(new Uint8Array(headerBytes));
    const hash = createHash('sha256');
    let written = 0;
    for await (const data of blocks) {
      const rows = data.length / dimension;
      const block = bytesOf(padRows(data, rows, dimension, stride));
      hash.update(block);
      await file.writeFile(block);
      written += rows;
    }
    if (written !== count) throw new HarnessError(`${path} should hold ${count} rows, and was handed ${written}`);
    const head = Buffer.concat([encodeFields(shape), Buffer.from(hash.digest('hex'), 'latin1')]);
    await file.write(head, 0, head.length, 0);
  });
}

/** Writes vectors that are in memory. @throws MachineError where there is no room */
export async function writeVectorFile(path: string, metric: Metric, vectors: VectorSet): Promise<void> {
  const { count, dimension, data } = vectors;
  async function* blocks() {
    for (const [from, rows] of rowBlocks(count, dimension * 4)) {
      yield data.subarray(from * dimension, (from + rows) * dimension);
    }
  }
  await writeVectorRows(path, { metric, count, dimension }, blocks());
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

/** The rows of a prepared vector file, without padding. @throws HarnessError where it is none, or not whole */
export async function openVectorFile(path: string): Promise<VectorReader & { readonly metric: Metric }> {
  const file = await open(path, 'r');
  try {
    const fields = Buffer.alloc(fieldsBytes);
    await file.read(fields, 0, fieldsBytes, 0);
    const [at, count, dimension, stride] = [8, 12, 16, 20].map((place) => fields.readUInt32LE(place)) as [
      number,
      number,
      number,
      number,
    ];
    const metric = metrics[at];
    const size = headerBytes + count * stride * 4;
    if (fields.toString('latin1', 0, 8) !== magic || !metric || (await file.stat()).size !== size) {
      throw new HarnessError(`${path} is no whole prepared vector file; remove it and run the command again`);
    }
    return {
      what: path,
      metric,
      count,
      dimension,
      rowBytes: stride * 4,
      async read(from, rows) {
        const padded = new Float32Array(rows * stride);
        await file.read(bytesOf(padded), 0, padded.byteLength, headerBytes + from * stride * 4);
        if (stride === dimension) return padded;
        for (let row = 1; row < rows; row++) padded.copyWithin(row * dimension, row * stride, row * stride + dimension);
        return padded.subarray(0, rows * dimension);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
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

function padRows(data: Float32Array, rows: number, dimension: number, stride: number): Float32Array {
  if (stride === dimension) return data;
  const padded = new Float32Array(rows * stride);
  for (let row = 0; row < rows; row++) {
    padded.set(data.subarray(row * dimension, (row + 1) * dimension), row * stride);
  }
  return padded;
}

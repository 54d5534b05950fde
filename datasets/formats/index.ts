import { basename, extname } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { UsageError } from '../../harness/core/errors.ts';
import { writeWhole } from '../disk.ts';
import { blocksOf, type VectorReader } from '../vector-reader.ts';
import { allocateVectors, type VectorSet } from '../vectors.ts';
import { binFormat } from './bin.ts';
import { float32, int8, int32, uint8 } from './element.ts';
import type { Format } from './format.ts';
import { idxImages } from './idx.ts';
import { InputFile } from './input-file.ts';
import { npy } from './npy.ts';
import { vecsFormat } from './vecs.ts';

/** Every format, by the ending of its files' names (after a dot; MNIST's own names have a hyphen there). */
export const formats = {
  fbin: binFormat(float32),
  ibin: binFormat(int32),
  u8bin: binFormat(uint8),
  i8bin: binFormat(int8),
  fvecs: vecsFormat(float32),
  bvecs: vecsFormat(uint8),
  ivecs: vecsFormat(int32),
  npy,
  'idx3-ubyte': idxImages,
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];

/** @throws UsageError listing what is known, where the name's ending says nothing */
export function formatOf(path: string): Format {
  const name = basename(path).toLowerCase();
  const known = formatNames.find((format) => name.endsWith(`.${format}`) || name.endsWith(`-${format}`));
  if (known) return formats[known];
  const extension = extname(name).slice(1);
  const nearest = extension ? `; nearest: ".${closest(extension, formatNames)}"` : '';
  throw new UsageError(
    `${path}: ${extension ? `unknown extension ".${extension}"` : 'no extension'}${nearest}; ` +
      `known: ${formatNames.map((format) => `.${format}`).join(', ')}`,
  );
}

/**
 * The vectors of a file, decoded by its extension; values become float32, in the file's own scale.
 * @throws UsageError where there is no such file, or it is not what its name says
 */
export async function openVectors(path: string): Promise<VectorReader> {
  const format = formatOf(path);
  const file = await InputFile.open(path);
  try {
    return await format.open(file);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** All vectors of a file at once. @throws UsageError as `openVectors`; MachineError where memory does not hold them */
export async function readVectors(path: string): Promise<VectorSet> {
  const reader = await openVectors(path);
  try {
    const { count, dimension } = reader;
    const vectors = allocateVectors(count, dimension, path);
    for await (const { from, data } of blocksOf(reader)) vectors.data.set(data, from * dimension);
    return vectors;
  } finally {
    await reader.close();
  }
}

/** Writes a file in the format of its extension. @throws UsageError for no rows, or a value the format cannot hold */
export async function writeVectors(path: string, vectors: VectorSet): Promise<void> {
  const format = formatOf(path);
  const { count, dimension, data } = vectors;
  if (count < 1 || dimension < 1 || data.length !== count * dimension) {
    throw new UsageError(`${path}: cannot write ${count} rows of ${dimension} dimensions from ${data.length} values`);
  }
  await writeWhole(path, (file) => format.write(file, vectors));
}

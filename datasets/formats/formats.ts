import { extname } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { UsageError } from '../../harness/core/errors.ts';
import type { VectorSet } from '../vectors.ts';
import { binFormat } from './bin.ts';
import { float32, int8, int32, uint8 } from './elements.ts';
import { vecsFormat } from './vecs.ts';
import type { VectorFormat } from './vector-format.ts';

/** The formats by file extension. */
export const vectorFormats: Readonly<Record<string, VectorFormat>> = {
  fbin: binFormat(float32),
  u8bin: binFormat(uint8),
  i8bin: binFormat(int8),
  fvecs: vecsFormat(float32),
  bvecs: vecsFormat(uint8),
  ivecs: vecsFormat(int32),
};

/** @throws UsageError for an extension that is not known, naming the nearest */
export function formatOf(path: string): VectorFormat {
  const extension = extname(path).slice(1).toLowerCase();
  const format = vectorFormats[extension];
  if (format) return format;
  const known = Object.keys(vectorFormats);
  throw new UsageError(
    `${path}: no vector format is known by the extension "${extension}"; known are ${known.join(', ')}` +
      (extension ? `; nearest: ${closest(extension, known)}` : ''),
  );
}

export async function readVectors(path: string): Promise<VectorSet> {
  return formatOf(path).read(path);
}

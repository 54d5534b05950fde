import { open, readFile } from 'node:fs/promises';
import { HarnessError } from '../harness/core/errors.ts';
import { type Metric, metrics } from '../harness/core/target.ts';
import { writeWhole } from './disk.ts';
import { type PreparedDataset, truthK } from './prepared.ts';
import { bytesOf } from './vectors.ts';

/*
 * The ground-truth file that candidates/referee/truth.cpp writes: a header of 4096 bytes (magic, then little-endian uint32
 * query count, k, base count, metric), then query count * k uint32 ids, then as many float32 distances, closest first.
 */
const magic = 'ANNVILT1';
const headerBytes = 4096;
const fieldsBytes = 24;

/** Exact neighbours; row-major, `queryCount * k`. Places beyond a small base hold id 0xFFFFFFFF at distance infinity. */
export interface GroundTruth {
  readonly queryCount: number;
  readonly k: number;
  readonly ids: Uint32Array;
  /** Squared L2, or the negated inner product. */
  readonly distances: Float32Array;
}

/** Whether the file at `truthPath` is there, whole, and of this dataset's shape. */
export async function isGroundTruth({ truthPath, queryCount, count, metric }: PreparedDataset): Promise<boolean> {
  const file = await open(truthPath, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return false;
  try {
    const fields = Buffer.alloc(fieldsBytes);
    await file.read(fields, 0, fieldsBytes, 0);
    return (
      fields.equals(fieldsOf(queryCount, truthK, count, metric)) &&
      (await file.stat()).size === headerBytes + queryCount * truthK * 8
    );
  } finally {
    await file.close();
  }
}

function fieldsOf(queryCount: number, k: number, baseCount: number, metric: Metric): Buffer {
  const fields = Buffer.alloc(fieldsBytes);
  fields.write(magic, 'latin1');
  [queryCount, k, baseCount, metrics.indexOf(metric)].forEach((value, n) => {
    fields.writeUInt32LE(value, magic.length + 4 * n);
  });
  return fields;
}

/**
 * Writes a ground-truth file, whole or not at all.
 * @throws MachineError where there is no room
 */
export async function writeGroundTruth(
  path: string,
  { queryCount, k, ids, distances }: GroundTruth,
  baseCount: number,
  metric: Metric,
): Promise<void> {
  const header = Buffer.alloc(headerBytes);
  fieldsOf(queryCount, k, baseCount, metric).copy(header);
  await writeWhole(path, async (file) => {
    for (const part of [header, bytesOf(ids), bytesOf(distances)]) await file.writeFile(part);
  });
}

/** Reads a whole ground-truth file, less than 2 GiB. @throws HarnessError where it is none */
export async function readGroundTruth(path: string): Promise<GroundTruth> {
  const bytes = await readFile(path);
  const starts = bytes.length >= headerBytes && bytes.subarray(0, magic.length).toString('latin1') === magic;
  const [queryCount, k] = starts ? [bytes.readUInt32LE(8), bytes.readUInt32LE(12)] : [0, 0];
  if (!starts || bytes.length !== headerBytes + queryCount * k * 8) {
    throw new HarnessError(`${path} is no whole ground-truth file; remove it and run the command again`);
  }
  const values = bytes.buffer.slice(bytes.byteOffset + headerBytes, bytes.byteOffset + bytes.length);
  return {
    queryCount,
    k,
    ids: new Uint32Array(values, 0, queryCount * k),
    distances: new Float32Array(values, queryCount * k * 4, queryCount * k),
  };
}

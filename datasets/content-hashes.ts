import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { DatasetShape } from '../harness/core/machine.ts';
import type { PreparedDataset } from './prepared.ts';
import { rowsHash } from './vector-file.ts';

/** Hex SHA-256 of what figures are taken on: all of it together, and part by part, so that one can see which part differs. */
export interface ContentHashes {
  /** Base, queries and metric, before padding: the dataset's own name for itself. */
  readonly dataset: string;
  readonly datasetShape: DatasetShape;
  readonly baseVectors: string;
  readonly queryVectors: string;
  readonly groundTruth: string;
}

/** The same without ground truth, for those who take theirs elsewhere. @throws HarnessError */
export async function vectorHashes(prepared: PreparedDataset): Promise<Omit<ContentHashes, 'groundTruth'>> {
  const [baseVectors, queryVectors] = await Promise.all([rowsHash(prepared.basePath), rowsHash(prepared.queriesPath)]);
  const { hash, count, dimension, queryCount } = prepared;
  return { dataset: hash, datasetShape: { count, dimension, queries: queryCount }, baseVectors, queryVectors };
}

/** Reads the ground truth (800 bytes a query) but not the rows, whose files state their hash. @throws HarnessError */
export async function contentHashes(prepared: PreparedDataset): Promise<ContentHashes> {
  const [vectors, groundTruth] = await Promise.all([vectorHashes(prepared), fileHash(prepared.truthPath)]);
  return { ...vectors, groundTruth };
}

async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

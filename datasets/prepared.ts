import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Metric } from '../harness/core/target.ts';
import { makeFolder } from './disk.ts';
import { type DatasetSelector, findDataset } from './find-dataset.ts';
import { removeLeftovers } from './leftovers.ts';
import { indexPath, type Remembered, recall, remember, stampOf } from './prepared-index.ts';
import type { DatasetSource } from './source.ts';
import { normalise, requireFinite, requireSameDimension } from './validate.ts';
import { isVectorFile, writeVectorRows } from './vector-file.ts';
import { blocksOf, type VectorReader } from './vector-reader.ts';
import { bytesOf, datasetHash } from './vectors.ts';

/** Neighbours a query that the ground truth holds: the largest k a campaign may ask for. */
export const truthK = 100;

/** A dataset in the cache, in the form the referee maps: `<cacheDir>/datasets/<hash>/`. */
export interface PreparedDataset {
  readonly name: string;
  readonly metric: Metric;
  readonly count: number;
  readonly dimension: number;
  readonly queryCount: number;
  readonly hash: string;
  readonly basePath: string;
  readonly queriesPath: string;
  /** Where the ground truth belongs; `ensureGroundTruth` makes it. */
  readonly truthPath: string;
}

export interface PrepareOptions {
  readonly cacheDir: string;
  /** Bytes of the source that are read, checked and written. Not called where all is in the cache. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Brings a dataset into the cache, or finds it there without reading the source files again, so long as neither their size nor
 * their time of change has moved. Rows go through memory block by block.
 * @throws UsageError for a selection or a file that is wrong; MachineError where the disk is full
 */
export async function prepareDataset(selector: DatasetSelector, options: PrepareOptions): Promise<PreparedDataset> {
  return prepareSource(await findDataset(selector, options.cacheDir), options);
}

/** The same for a source that is known already. */
export async function prepareSource(source: DatasetSource, options: PrepareOptions): Promise<PreparedDataset> {
  const folder = preparedFolder(options.cacheDir);
  const known = await preparedBefore(source, options.cacheDir);
  if (known) return known;
  // Taken before reading: a file that changes meanwhile is read again next time.
  const stamp = await stampOf(source);
  const made = await readAndWrite(folder, source, options);
  await remember(indexPath(options.cacheDir), source, stamp, made);
  return describe(folder, source, made);
}

/** The prepared form of a source as it is now, if the cache has it. */
export async function preparedBefore(source: DatasetSource, cacheDir: string): Promise<PreparedDataset | undefined> {
  const known = await recall(indexPath(cacheDir), source);
  if (!known) return undefined;
  const prepared = describe(preparedFolder(cacheDir), source, known);
  return (await isWhole(prepared)) ? prepared : undefined;
}

export function preparedFolder(cacheDir: string): string {
  return join(cacheDir, 'datasets');
}

async function readAndWrite(folder: string, source: DatasetSource, options: PrepareOptions): Promise<Remembered> {
  const { metric } = source;
  const { base, queries, close } = await source.open();
  try {
    requireSameDimension(base, queries);
    const { count, dimension } = base;
    const hash = datasetHash(metric, base, queries);
    const bytes = [base, queries].map((reader) => reader.count * reader.rowBytes) as [number, number];
    const draft = await makeDraft(folder);
    try {
      let done = 0;
      for (const reader of [base, queries]) {
        const path = join(draft, reader === base ? 'base.avec' : 'queries.avec');
        const onRows = (rows: number) => options.onProgress?.(done + rows * reader.rowBytes, bytes[0] + bytes[1]);
        const blocks = checked(reader, metric, onRows, options.signal);
        async function* hashed() {
          for await (const block of blocks) {
            hash.update(bytesOf(block));
            yield block;
          }
        }
        await writeVectorRows(path, { metric, count: reader.count, dimension }, hashed());
        done += bytes[reader === base ? 0 : 1];
      }
      const made = { metric, count, dimension, queryCount: queries.count, hash: hash.digest('hex') };
      await putInPlace(draft, describe(folder, source, made));
      return made;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  } finally {
    await close();
  }
}

/** A reader's rows, each shown to be a vector; of unit length under inner product. */
async function* checked(
  reader: VectorReader,
  metric: Metric,
  onRows: (done: number) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Float32Array> {
  const { dimension, what } = reader;
  for await (const { from, rows, data } of blocksOf(reader)) {
    signal?.throwIfAborted();
    requireFinite({ data, dimension }, what, from);
    if (metric === 'inner_product') normalise({ data, dimension }, what, from);
    yield data;
    onRows(from + rows);
  }
}

const draftPrefix = '.unfinished-';

/** A folder to write into until the hash, which is the name, is known. */
async function makeDraft(folder: string): Promise<string> {
  await removeLeftovers(folder, draftPrefix);
  return makeFolder(join(folder, `${draftPrefix}${process.pid}-${randomUUID().slice(0, 8)}`));
}

async function putInPlace(draft: string, prepared: PreparedDataset): Promise<void> {
  const { basePath, queriesPath, count, queryCount } = prepared;
  await makeFolder(dirname(basePath));
  for (const [name, path, rows] of [
    ['base.avec', basePath, count],
    ['queries.avec', queriesPath, queryCount],
  ] as const) {
    if (!(await isVectorFile(path, shapeOf(prepared, rows)))) await rename(join(draft, name), path);
  }
}

function describe(folder: string, { name }: DatasetSource, made: Remembered): PreparedDataset {
  const own = join(folder, made.hash);
  return {
    name,
    ...made,
    basePath: join(own, 'base.avec'),
    queriesPath: join(own, 'queries.avec'),
    truthPath: join(own, `truth-${truthK}.atru`),
  };
}

async function isWhole(prepared: PreparedDataset): Promise<boolean> {
  const { basePath, queriesPath, count, queryCount } = prepared;
  return (
    (await isVectorFile(basePath, shapeOf(prepared, count))) &&
    (await isVectorFile(queriesPath, shapeOf(prepared, queryCount)))
  );
}

function shapeOf({ metric, dimension }: PreparedDataset, count: number) {
  return { metric, dimension, count };
}

import { join } from 'node:path';
import type { Metric } from '../harness/core/target.ts';
import { type DatasetSelector, type DatasetSource, findDataset, readDataset } from './catalogue.ts';
import { type Remembered, recall, remember, stampOf } from './prepared-index.ts';
import { isVectorFile, writeVectorFile } from './vector-file.ts';

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
  /** Bytes read of the source files, and then as many again for what is written. Not called where all is in the cache. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Brings a dataset into the cache, or finds it there without reading the source files again, so long as neither their size nor
 * their time of change has moved.
 * @throws UsageError for a selection or a file that is wrong; MachineError where the disk is full
 */
export async function prepareDataset(selector: DatasetSelector, options: PrepareOptions): Promise<PreparedDataset> {
  const folder = join(options.cacheDir, 'datasets');
  const indexPath = join(folder, 'index.json');
  const source = await findDataset(selector);
  const known = await recall(indexPath, source);
  if (known) {
    const prepared = describe(folder, source, known);
    if (await isWhole(prepared)) return prepared;
  }
  // Taken before reading: a file that changes meanwhile is read again next time.
  const stamp = await stampOf(source);
  const made = await readAndWrite(folder, source, options.onProgress ?? (() => {}));
  await remember(indexPath, source, stamp, made);
  return describe(folder, source, made);
}

async function readAndWrite(
  folder: string,
  source: DatasetSource,
  onProgress: (done: number, total: number) => void,
): Promise<Remembered> {
  let sourceBytes = 0;
  const dataset = await readDataset(source, {
    onProgress: (done, total) => {
      sourceBytes = total;
      onProgress(done, 2 * total);
    },
  });
  const { metric, base, queries, hash } = dataset;
  const made = { metric, count: base.count, dimension: base.dimension, queryCount: queries.count, hash };
  const prepared = describe(folder, source, made);
  const rows = base.count + queries.count;
  const onRows = (done: number) => onProgress(sourceBytes + Math.round((sourceBytes * done) / rows), 2 * sourceBytes);
  if (!(await isVectorFile(prepared.basePath, shapeOf(prepared, made.count)))) {
    await writeVectorFile(prepared.basePath, metric, base, onRows);
  }
  if (!(await isVectorFile(prepared.queriesPath, shapeOf(prepared, made.queryCount)))) {
    await writeVectorFile(prepared.queriesPath, metric, queries, (done) => onRows(base.count + done));
  }
  onRows(rows);
  return made;
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

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metric } from '../harness/core/target.ts';
import { exactNeighbours, type GroundTruthOptions } from './ground-truth.ts';
import { drawRows } from './library-source.ts';
import { type PreparedDataset, preparedFolder, truthK } from './prepared.ts';
import { isGroundTruth, readGroundTruth } from './truth-file.ts';
import { openVectorFile, writeVectorRows } from './vector-file.ts';
import { blocksOf, onlyRows } from './vector-reader.ts';

/** Exact neighbours of some of a dataset's queries. */
export interface SampledTruth {
  /** Numbers of the queries, ascending. */
  readonly queries: Uint32Array;
  readonly k: number;
  /** Row-major, `queries.length * k`; 0xFFFFFFFF beyond a small base. */
  readonly ids: Uint32Array;
  /** True distances: L2, of unit vectors under angular; infinite beyond a small base. */
  readonly distances: Float64Array;
}

/**
 * The exact neighbours of `count` queries drawn at random, always the same: from the whole ground truth where the cache has it.
 * @throws as `exactNeighbours`
 */
export async function sampleTruth(
  prepared: PreparedDataset,
  count: number,
  options: GroundTruthOptions & { readonly cacheDir: string },
): Promise<SampledTruth> {
  const { metric, queryCount, truthPath } = prepared;
  const queries = drawRows(queryCount, Math.min(count, queryCount), 0);
  if (await isGroundTruth(prepared)) {
    const whole = await readGroundTruth(truthPath);
    const places = Uint32Array.from(
      { length: queries.length * truthK },
      (_, at) => queries[Math.floor(at / truthK)]! * truthK + (at % truthK),
    );
    const distances = Float64Array.from(places, (place) => trueDistance(metric, whole.distances[place]!));
    return { queries, k: truthK, ids: places.map((place) => whole.ids[place]!), distances };
  }
  const stem = join(preparedFolder(options.cacheDir), `.sample-${process.pid}-${randomUUID().slice(0, 8)}`);
  const [rowsPath, outPath] = [`${stem}.avec`, `${stem}.atru`];
  try {
    await writeSample(prepared, queries, rowsPath);
    await exactNeighbours({ ...options, basePath: prepared.basePath, queriesPath: rowsPath, outPath, k: truthK });
    const { ids, distances } = await readGroundTruth(outPath);
    return { queries, k: truthK, ids, distances: Float64Array.from(distances, (one) => trueDistance(metric, one)) };
  } finally {
    await rm(rowsPath, { force: true });
    await rm(outPath, { force: true });
  }
}

async function writeSample({ metric, queriesPath }: PreparedDataset, rows: Uint32Array, path: string): Promise<void> {
  const reader = onlyRows(await openVectorFile(queriesPath), rows);
  async function* blocks() {
    for await (const { data } of blocksOf(reader)) yield data;
  }
  try {
    await writeVectorRows(path, { metric, count: reader.count, dimension: reader.dimension }, blocks());
  } finally {
    await reader.close();
  }
}

/** Of what ground truth holds: squared L2, or the negated inner product of unit vectors. */
export function trueDistance(metric: Metric, value: number): number {
  return Math.sqrt(Math.max(0, metric === 'squared_l2' ? value : 2 + 2 * value));
}

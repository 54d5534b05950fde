import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { distance } from './distance.ts';
import { exactNeighbours, type GroundTruthOptions } from './ground-truth.ts';
import { removeLeftovers } from './leftovers.ts';
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
  /** True distances, ascending: L2, of unit vectors under angular; infinite beyond a small base. */
  readonly distances: Float64Array;
}

const samplePrefix = '.sample-';

/**
 * The exact neighbours of `count` queries drawn at random, always the same: from the whole ground truth where the cache has it.
 * @throws as `exactNeighbours`
 */
export async function sampleTruth(
  prepared: PreparedDataset,
  count: number,
  options: GroundTruthOptions & { readonly cacheDir: string },
): Promise<SampledTruth> {
  const { queryCount, truthPath } = prepared;
  const queries = drawRows(queryCount, Math.min(count, queryCount), 0);
  if (await isGroundTruth(prepared)) {
    const whole = await readGroundTruth(truthPath);
    const places = Uint32Array.from(
      { length: queries.length * truthK },
      (_, at) => queries[Math.floor(at / truthK)]! * truthK + (at % truthK),
    );
    const ids = places.map((place) => whole.ids[place]!);
    const stated = Float32Array.from(places, (place) => whole.distances[place]!);
    return { queries, k: truthK, ids, distances: await trueDistances(prepared, queries, ids, stated) };
  }
  const folder = preparedFolder(options.cacheDir);
  await removeLeftovers(folder, samplePrefix);
  const stem = join(folder, `${samplePrefix}${process.pid}-${randomUUID().slice(0, 8)}`);
  const [rowsPath, outPath] = [`${stem}.avec`, `${stem}.atru`];
  try {
    await writeSample(prepared, queries, rowsPath);
    await exactNeighbours({ ...options, basePath: prepared.basePath, queriesPath: rowsPath, outPath, k: truthK });
    const { ids, distances: stated } = await readGroundTruth(outPath);
    return { queries, k: truthK, ids, distances: await trueDistances(prepared, queries, ids, stated) };
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

/** Unit vectors that are nearer than this are compared themselves: next to 1, float32 says little of how far apart they are. */
const near = 0.3;

/** @param stated what ground truth holds: squared L2, or the negated inner product of unit vectors */
async function trueDistances(
  { metric, basePath, queriesPath }: PreparedDataset,
  queries: Uint32Array,
  ids: Uint32Array,
  stated: Float32Array,
): Promise<Float64Array> {
  const squared = (value: number) => (metric === 'squared_l2' ? value : 2 + 2 * value);
  const distances = Float64Array.from(stated, (value) => Math.sqrt(Math.max(0, squared(value))));
  if (metric === 'squared_l2') return distances;
  const base = await openVectorFile(basePath);
  const points = await openVectorFile(queriesPath);
  try {
    for (const [place, query] of queries.entries()) {
      const point = await points.read(query, 1);
      const list = distances.subarray(place * truthK, (place + 1) * truthK);
      for (const [rank, one] of list.entries()) {
        if (one < near) list[rank] = distance(point, await base.read(ids[place * truthK + rank]!, 1));
      }
      list.sort();
    }
  } finally {
    await base.close();
    await points.close();
  }
  return distances;
}

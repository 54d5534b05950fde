import type { Metric } from '../harness/core/target.ts';
import { distance } from './distance.ts';
import type { GivenTruth } from './given-truth.ts';
import type { TruthCheck } from './library.ts';
import type { PreparedDataset } from './prepared.ts';
import type { SampledTruth } from './sampled-truth.ts';
import { openVectorFile } from './vector-file.ts';

/** What a file's float32 arithmetic may cost: neighbours that much farther than ours are still as near. */
const tolerance = 1e-3;
/** What it may cost squared distances besides: inner products of unit vectors are as exact as 1 is, however near the vectors are. */
const slack = { squared_l2: 1e-12, inner_product: 4e-6 } as const satisfies Record<Metric, number>;

/**
 * Whether neighbours that came along with a dataset are as near as the exact ones, on a sample. Judged by distance, computed here from
 * the vectors, so that ties may stand in any order; a wrong metric, other vectors or other queries show at once.
 */
export async function checkTruth(
  prepared: PreparedDataset,
  given: GivenTruth,
  sample: SampledTruth,
): Promise<TruthCheck> {
  const base = await openVectorFile(prepared.basePath);
  const queries = await openVectorFile(prepared.queriesPath);
  const k = Math.min(given.k, sample.k, base.count);
  let agreeing = 0;
  let worst: TruthCheck['worst'] = null;
  try {
    for (const [place, query] of sample.queries.entries()) {
      const ids = query < given.queryCount ? (await given.read(query)).slice(0, k) : [];
      const point = await queries.read(query, 1);
      const distances: number[] = [];
      for (const id of new Set(ids)) {
        if (id >= 0 && id < base.count) distances.push(distance(point, await base.read(id, 1)));
      }
      distances.sort((one, other) => one - other);
      // Neighbours that were left out of the base leave fewer; those there are must be the nearest all the same.
      const excess =
        distances.length === 0 ? Number.MAX_VALUE : farther(distances, sample, place, slack[prepared.metric]);
      if (excess <= tolerance) ++agreeing;
      else if (!worst || excess > worst.excess) worst = { query, excess };
    }
  } finally {
    await base.close();
    await queries.close();
  }
  return { queries: sample.queries.length, k, agreeing, worst };
}

/** By how much, as a share, the given neighbours are farther than the exact ones, rank by rank. */
function farther(given: readonly number[], { distances, k }: SampledTruth, place: number, slack: number): number {
  let most = 0;
  for (const [rank, one] of given.entries()) {
    const ours = distances[place * k + rank]!;
    if (one ** 2 > ours ** 2 + slack) most = Math.max(most, ours > 0 ? one / ours - 1 : Number.MAX_VALUE);
  }
  return most;
}

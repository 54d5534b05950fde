import type { PreparedDataset } from '../../../datasets/prepared.ts';
import { UsageError } from '../../core/errors.ts';
import type { QuerySet } from '../../core/evaluation.ts';
import { queryRange } from '../../core/query-splits.ts';
import type { LearnedCase, LearnedTarget } from '../learned/learned-target.ts';
import { meanSaving } from '../learned/log-ratio.ts';
import type { Workshop } from '../learned/workshop.ts';
import { hashOf } from '../toolchain.ts';
import { pairsAQuery, type TreeScale, type TreeSettings, treeScales } from './scales.ts';

/** The window: recall@10 at which candidates are compared. */
export const recalls = [0.7, 0.75, 0.8, 0.85, 0.9, 0.95] as const;

/** Neighbours asked for, so that all as near as the 10th are known. */
const truthWidth = 16;

/** Draws base rows and training queries from a dataset; not a training's seed. */
const drawSeed = 20_230_806;

/** Efforts: leaves a tree, in steps of some 40 %, to all leaves or to the most that is worth asking for. */
export function effortsUpTo(leaves: number): number[] {
  const efforts: number[] = [];
  for (let effort = 1; effort < Math.min(leaves, 640); effort = Math.ceil(effort * 1.35)) efforts.push(effort);
  return [...efforts, Math.min(leaves, 640)];
}

/** Bytes of the decoder that the seed exports (candidates/contract/balanced-tree/decoder.hpp), its few words of shape left out. */
export function decoderBytes({ branching, height, width, hidden, feed }: TreeSettings, dimension: number): number {
  const linear = (inputs: number, outputs: number) => inputs * outputs + outputs;
  const encoder = 2 * dimension + linear(dimension, hidden) + linear(hidden, width) + 2 * linear(width, width);
  const attention = linear(width, 3 * width) + linear(width, width);
  const rest = 3 * 2 * width + linear(width, feed) + linear(feed, width) + linear(width, branching);
  return 4 * (encoder + attention + rest + (branching + 1 + height) * width);
}

/** Prepares the data of a scale. @throws UsageError where the dataset is too small for it */
export async function casesOf(workshop: Workshop, scale: TreeScale, dataset: PreparedDataset): Promise<LearnedCase[]> {
  const rows = scale.rows ?? dataset.count;
  const queryCount = Math.min(scale.queries, dataset.queryCount);
  if (dataset.count < rows || queryCount < 400) {
    throw new UsageError(
      `this scale wants ${rows} vectors and 400 queries; ${dataset.name} has ${dataset.count} and ${dataset.queryCount}`,
    );
  }
  const base = await workshop.rows(workshop.base(dataset), { from: 0, count: rows, seed: drawSeed });
  const training = await workshop.rows(base, {
    from: 0,
    count: Math.round(rows * scale.queryShare),
    seed: drawSeed + 1,
  });
  const pairs = await workshop.neighbours(base, training, pairsAQuery);
  const queries = await workshop.rows(workshop.queries(dataset), { from: 0, count: queryCount });
  const truth = await workshop.neighbours(base, queries, truthWidth);
  return scale.cases.map((settings) => {
    const { branching, height, trees } = settings;
    const asked = (set: QuerySet) => ({
      ...{ base: base.path, queries: queries.path, truth: truth.path, ...queryRange(set, queryCount) },
      ...{ branching, height, efforts: effortsUpTo(branching ** height) },
    });
    return {
      name: `K=${branching} H=${height}`,
      settings: { ...settings, snapshots: 0 },
      inputs: { base: base.path, queries: training.path, neighbours: pairs.path },
      inputsHash: hashOf(base.hash, training.hash, pairs.hash),
      limitSeconds: scale.limitSeconds,
      memoryMebibytes: 8192,
      // Routers may be twice as large as the seed's: enough for another layer, and no place for the vectors.
      examination: (set) => ({
        ...asked(set),
        trees,
        modelBytes: 2 * trees * decoderBytes(settings, dataset.dimension),
      }),
      baseline: (set, seed) => ({ ...asked(set), method: 'kmeans', seed }),
    };
  });
}

/** BATL (Li et al., KDD 2023): trees of equal leaves, and a transformer that writes a query's path. */
export const balancedTree: LearnedTarget = {
  name: 'balanced-tree',
  trains: ['router', 'tree-update'],
  serves: ['beam'],
  libraries: ['-lmetis'],
  precompiled: ['annvil/balanced-tree/router.hpp'],
  data: 'dataset',
  scales: Object.keys(treeScales),
  async cases(workshop, scale, dataset) {
    const found = treeScales[scale];
    if (!found)
      throw new UsageError(`balanced-tree has no scale "${scale}"; it has ${Object.keys(treeScales).join(', ')}`);
    if (!dataset) throw new UsageError('balanced-tree is trained on a dataset');
    return casesOf(workshop, found, dataset);
  },
  /** Candidates saved against k-means with as many leaves: mean over recalls of the log-ratio, in nats. */
  reward: (curve, baseline) => meanSaving(curve, baseline, recalls),
};

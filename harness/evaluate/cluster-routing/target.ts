import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PreparedDataset } from '../../../datasets/prepared.ts';
import { UsageError } from '../../core/errors.ts';
import type { QuerySet } from '../../core/evaluation.ts';
import { queryRange } from '../../core/query-splits.ts';
import type { LearnedCase, LearnedTarget } from '../learned/learned-target.ts';
import { meanSaving } from '../learned/log-ratio.ts';
import type { VectorSource, Workshop } from '../learned/workshop.ts';
import { type RoutingScale, scaleNames, scaleOf } from './scales.ts';

/** Recalls at which the vectors fetched are compared. */
export const recalls = [0.7, 0.8, 0.85, 0.9, 0.95] as const;
/** What a copy for each vector costs, in nats. */
const copyPenalty = 0.1;
/** Levels of effort that a stop rule is asked about. */
const efforts = 80;
const chunks = 40;
/** Which rows are indexed and which held out is one draw for all. */
const rowSeed = 7;

/** Storage NN-augmented search (Ikeda, Miyashita & Deguchi 2025): recall@1 against vectors fetched from storage. */
export const clusterRouting: LearnedTarget = {
  name: 'cluster-routing',
  trains: ['predictor', 'duplication'],
  serves: ['stop-rule'],
  libraries: [],
  precompiled: ['annvil/cluster-routing/predictor.hpp', 'annvil/cluster-routing/duplication.hpp'],
  data: 'dataset',
  scales: scaleNames,
  async cases(workshop, scale, dataset) {
    if (!dataset) throw new UsageError('cluster-routing needs a dataset');
    return [await routingCase(workshop, scaleOf(scale, dataset.count), dataset)];
  },
  reward: (curve, baseline, { copies = 1 }) => meanSaving(curve, baseline, recalls) - copyPenalty * (copies - 1),
};

/** The one thing that a scale trains and examines. @throws UsageError for another metric than squared_l2 */
export async function routingCase(
  workshop: Workshop,
  scale: RoutingScale,
  dataset: PreparedDataset,
): Promise<LearnedCase> {
  if (dataset.metric !== 'squared_l2') throw new UsageError('cluster-routing is examined under squared_l2 only');
  const all = workshop.base(dataset);
  const base = await workshop.rows(all, { from: 0, count: scale.base, seed: rowSeed });
  const { rows, keys } = await trainingQueries(workshop, scale, all, base);
  // Drawn anew: the order of some datasets' queries is no accident (mnist-784 has the neater writers first).
  const asked = await workshop.rows(workshop.queries(dataset), { from: 0, count: dataset.queryCount, seed: rowSeed });
  const truth = await workshop.neighbours(base, asked, 1);
  const storage = join(workshop.cacheDir, 'learned', 'storage');
  await mkdir(storage, { recursive: true });
  const exam = (queries: QuerySet) => ({
    ...{ base: base.path, queries: asked.path, truth: truth.path, chunks, clusters: scale.clusters },
    ...queryRange(queries, asked.count),
  });
  return {
    name: `${scale.base} vectors, ${scale.clusters} clusters`,
    settings: trainingSettings(scale),
    inputs: { base: base.path, queries: rows.path, neighbours: keys.path },
    inputsHash: keys.hash,
    limitSeconds: scale.limitSeconds,
    memoryMebibytes: scale.memoryMebibytes,
    examination: (queries) => ({
      mode: 'index',
      ...exam(queries),
      ...{ efforts, copies: scale.copies, modelBytes: scale.modelBytes, largest: scale.largest, storage },
    }),
    baseline: (queries, seed) => ({ mode: 'baseline', method: 'kmeans', ...exam(queries), seed }),
  };
}

/** What is trained on, and the nearest base row of each. */
async function trainingQueries(workshop: Workshop, scale: RoutingScale, all: VectorSource, base: VectorSource) {
  const held = await workshop.rows(all, { from: scale.base, count: scale.queries, seed: rowSeed });
  if (!scale.leaveOneOut) return { rows: held, keys: await workshop.neighbours(base, held, 1) };
  const rows = await workshop.rows(all, { from: 0, count: scale.base + scale.queries, seed: rowSeed });
  return { rows, keys: await workshop.nearestOthers(base, held) };
}

function trainingSettings({
  clusters,
  rounds,
  firstEpochs,
  roundEpochs,
  copies,
}: RoutingScale): LearnedCase['settings'] {
  return { clusters, rounds, firstEpochs, roundEpochs, copies };
}

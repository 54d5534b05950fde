import type { PreparedDataset } from '../../../datasets/prepared.ts';
import { UsageError } from '../../core/errors.ts';
import { queryRange } from '../../core/query-splits.ts';
import type { Examination, MeanPoint } from '../learned/examination.ts';
import type { LearnedCase, LearnedTarget } from '../learned/learned-target.ts';
import { meanSaving } from '../learned/log-ratio.ts';
import type { VectorSource, Workshop } from '../learned/workshop.ts';
import { kahipPartition } from './kahip.ts';
import { binsOf, branchesOf, effortsOf, nameOf, type Scale, type Shape, scales } from './scales.ts';

/** 10-NN accuracies at which candidates are compared (LEARNED.md, d). */
export const window = [0.7, 0.75, 0.8, 0.85, 0.9, 0.95] as const;

/** The largest bin over the mean. */
export const largestBin = 1.5;

/** The largest part over the mean that the partition is asked for (the paper's 3 %). */
export const imbalance = 0.03;

/** What the tail's logarithm counts beside the mean's. */
const tailWeight = 0.05;

const neighbourCount = 10;
const chunks = 40;

/** The self and the fifty others that soft labels are made of; equal rows may push the self back, never out by more than one. */
const neighboursOfBase = 51;

/** Neural LSH: Dong, Indyk, Razenshteyn and Wagner, "Learning Space Partitions for Nearest Neighbor Search", ICLR 2020. */
export const neuralLsh: LearnedTarget = {
  name: 'neural-lsh',
  trains: ['partition', 'router'],
  serves: ['probing'],
  libraries: ['-lmetis'],
  precompiled: [
    'annvil/neural-lsh/metis.hpp',
    'annvil/neural-lsh/partition.hpp',
    'annvil/neural-lsh/router.hpp',
    'annvil/learned/export_network.hpp',
  ],
  data: 'dataset',
  scales: Object.keys(scales),
  async cases(workshop, scale, dataset) {
    const known = Object.hasOwn(scales, scale) ? scales[scale] : undefined;
    if (!known) throw new UsageError(`neural-lsh has no scale "${scale}"; it has ${Object.keys(scales).join(', ')}`);
    if (!dataset) throw new UsageError('neural-lsh is trained on a dataset; pass --dataset');
    const data = await prepare(workshop, known, dataset);
    return Promise.all(known.shapes.map((shape) => makeCase(workshop, known, shape, data)));
  },
  reward,
};

/**
 * Mean of ln(k-means' candidates / candidates) over the window, less a twentieth of the logarithm by which a query in twenty is dearer than the mean.
 * @param facts `tail`: the .95-quantile of the candidates over their mean
 */
function reward(curve: readonly MeanPoint[], baseline: readonly MeanPoint[], facts: Examination['facts']): number {
  return meanSaving(curve, baseline, window) - tailWeight * Math.log(facts.tail!);
}

/** The files of one scale of one dataset. */
export interface ScaleData {
  readonly base: VectorSource;
  readonly queries: VectorSource;
  /** Of the queries, and of the base, in the base. */
  readonly truth: VectorSource;
  readonly neighbours: VectorSource;
}

/** @throws UsageError where a bin would hold less than two rows */
export async function prepare(workshop: Workshop, scale: Scale, dataset: PreparedDataset): Promise<ScaleData> {
  const bins = Math.max(...scale.shapes.map(binsOf));
  const rows = Math.min(scale.rows, dataset.count);
  if (rows < 2 * bins) {
    throw new UsageError(`${dataset.name} has ${dataset.count} rows: too few for ${bins} bins; choose a smaller scale`);
  }
  const whole = workshop.base(dataset);
  const base = rows < dataset.count ? await workshop.rows(whole, { from: 0, count: rows, seed: 1 }) : whole;
  const queries = workshop.queries(dataset);
  const truth = await workshop.neighbours(base, queries, neighbourCount);
  const neighbours = await workshop.neighbours(base, base, neighboursOfBase);
  return { base, queries, truth, neighbours };
}

export async function makeCase(
  workshop: Workshop,
  scale: Scale,
  shape: Shape,
  { base, queries, truth, neighbours }: ScaleData,
): Promise<LearnedCase> {
  const { bins, second } = shape;
  const { width, epochs, batch, limitSeconds, memoryMebibytes, modelBytes, multiplyAdds } = scale;
  const kahip = await kahipPartition(workshop, neighbours, bins, imbalance);
  const judged = {
    base: base.path,
    queries: queries.path,
    truth: truth.path,
    k: neighbourCount,
    chunks,
    bins,
    second,
    efforts: effortsOf(shape),
  };
  return {
    name: nameOf(shape),
    settings: { bins, second, imbalance, limit: largestBin, width, epochs, batch, ...(kahip && { kahip: 1 }) },
    inputs: { base: base.path, neighbours: neighbours.path, ...(kahip && { extra: kahip.path }) },
    inputsHash: [base.hash, neighbours.hash, kahip?.hash ?? ''].join(' '),
    limitSeconds,
    memoryMebibytes,
    examination: (set) => ({
      ...judged,
      ...queryRange(set, queries.count),
      what: 'index',
      branches: branchesOf(shape),
      largestBin,
      modelBytes,
      multiplyAdds,
      placement: 'router',
    }),
    baseline: (set, seed) => ({ ...judged, ...queryRange(set, queries.count), what: 'kmeans', seed }),
  };
}

import { studentT } from '../../../rewards/student-t.ts';
import { twoWayError } from '../../../rewards/two-way.ts';
import type { Interval } from '../../core/outcome.ts';
import { type Examination, type MeanPoint, meanCurve } from '../../evaluate/learned/examination.ts';
import { costAt } from '../../evaluate/learned/log-ratio.ts';
import { meanReward, overSeeds } from '../../evaluate/learned/reward-comparison.ts';

/** Examinations of every seed beside those that they are held against, seed by seed on the same queries. */
export interface Pairing {
  readonly ours: readonly Examination[];
  readonly theirs: readonly Examination[];
}

/** Mean over accuracies of ln(our candidates / theirs). */
function logRatio(ours: readonly MeanPoint[], theirs: readonly MeanPoint[], recalls: readonly number[]): number {
  const logs = recalls.map((recall) => Math.log(costAt(ours, recall) / costAt(theirs, recall)));
  return logs.reduce((sum, one) => sum + one, 0) / logs.length;
}

/** Our candidates over theirs, geometric mean over accuracies, pairings and seeds, with its error over seeds and queries (`twoWayError`). */
export function candidateRatio(pairings: readonly Pairing[], recalls: readonly number[]): Interval {
  const seeds = pairings[0]!.ours.map((_, seed) =>
    pairings.map(({ ours, theirs }) => ({ index: ours[seed]!, baseline: theirs[seed]! })),
  );
  const statistic = (left: Parameters<typeof meanReward>[2]) =>
    meanReward({ reward: (ours, theirs) => logRatio(ours, theirs, recalls) }, seeds, left);
  const value = statistic({});
  const chunks = seeds[0]![0]!.index.points[0]!.recall.length;
  if (seeds.length < 2) return { value: Math.exp(value), low: 0, high: Number.POSITIVE_INFINITY };
  const { standardError, degrees } = twoWayError({ rounds: seeds.length, chunks }, statistic, undefined);
  const reach = studentT(degrees, 0.95) * standardError;
  return { value: Math.exp(value), low: Math.exp(value - reach), high: Math.exp(value + reach) };
}

/** The same of the .95-quantile over queries; over seeds. */
export function tailRatio({ ours, theirs }: Pairing, recalls: readonly number[]): Interval {
  const { value, low, high } = overSeeds(
    ours.map((one, seed) => logRatio(tailCurve(one), tailCurve(theirs[seed]!), recalls)),
  );
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high) };
}

/** Accuracy against the candidates that all but a query in twenty stay within. */
export function tailCurve({ points }: Examination): MeanPoint[] {
  return meanCurve(points).map((point, at) => ({ ...point, cost: points[at]!.cost95 }));
}

/** A fact of each seed's examination. */
export function fact(examinations: readonly Examination[], name: string): Interval {
  return overSeeds(examinations.map(({ facts }) => facts[name]!));
}

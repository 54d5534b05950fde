import type { Estimate, RoundNoise } from '../../../rewards/estimate.ts';
import { studentT } from '../../../rewards/student-t.ts';
import { type Omitted, twoWayError } from '../../../rewards/two-way.ts';
import type { Interval } from '../../core/outcome.ts';
import { type Examination, meanCurve } from './examination.ts';
import type { LearnedTarget } from './learned-target.ts';

/** What one training seed brought: the examinations of one index, by case, each beside the baseline's on the same queries. */
export type SeedExaminations = readonly { readonly index: Examination; readonly baseline: Examination }[];

/** The mean reward of trained indexes, over seeds and cases; with a seed, or a chunk of queries, left out. */
export function meanReward(
  { reward }: Pick<LearnedTarget, 'reward'>,
  seeds: readonly SeedExaminations[],
  left: Omitted = {},
): number {
  // One cell alone left out is its seed without that chunk.
  const cell = left.round !== undefined && left.chunk !== undefined;
  const rewards = seeds.flatMap((cases, seed) => {
    if (left.round === seed && !cell) return [];
    const chunk = left.chunk !== undefined && (!cell || left.round === seed) ? left.chunk : undefined;
    return cases.map(({ index, baseline }) =>
      reward(meanCurve(index.points, chunk), meanCurve(baseline.points, chunk), index.facts),
    );
  });
  return rewards.reduce((sum, one) => sum + one, 0) / rewards.length;
}

/**
 * The difference of two indexes' rewards, with its error over training seeds and queries (`twoWayError`).
 * @param prior how much one seed's difference was seen to vary
 */
export function compareRewards(
  target: Pick<LearnedTarget, 'reward'>,
  challenger: readonly SeedExaminations[],
  champion: readonly SeedExaminations[],
  prior?: RoundNoise,
): Estimate & { readonly noise?: RoundNoise } {
  const statistic = (left: Omitted) => meanReward(target, challenger, left) - meanReward(target, champion, left);
  const chunks = challenger[0]![0]!.index.points[0]!.recall.length;
  return { value: statistic({}), ...twoWayError({ rounds: challenger.length, chunks }, statistic, prior) };
}

/** A mean over seeds with its 95 % interval by Student's t: for figures that are quoted, a seed each. */
export function overSeeds(values: readonly number[]): Interval {
  const value = values.reduce((sum, one) => sum + one, 0) / values.length;
  if (values.length < 2) return { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const variance = values.reduce((sum, one) => sum + (one - value) ** 2, 0) / (values.length - 1);
  const reach = studentT(values.length - 1, 0.95) * Math.sqrt(variance / values.length);
  return { value, low: value - reach, high: value + reach };
}

import type { Interval } from '../../core/outcome.ts';
import { type Examination, meanCurve } from '../../evaluate/learned/examination.ts';
import { costAt } from '../../evaluate/learned/log-ratio.ts';
import { overSeeds } from '../../evaluate/learned/reward-comparison.ts';
import type { ReproductionBench } from '../reproduction.ts';
import { examineLira } from './lira.ts';
import { headersOf, withoutDuplication } from './recipes.ts';

/** What is compared, by the names that figures carry; an examination for each seed. */
export type Measured = Readonly<Record<Method, readonly Examination[]>>;

export const methods = [
  'k-means',
  'k-means, second nearest',
  'SPANN',
  'LIRA',
  'net',
  'net, adaptive',
  'net + copies',
  'net + copies, mass',
  'net + copies, adaptive',
] as const;

export type Method = (typeof methods)[number];

/** Trains and examines everything, on the same final queries and by the same counting. */
export async function measure(bench: ReproductionBench): Promise<Measured> {
  const learned = bench.cases[0]!;
  const alone = withoutDuplication(learned);
  const examined = (stop: Parameters<typeof headersOf>[1], one = learned) =>
    bench.eachSeed((seed) => bench.examined(headersOf(bench, stop), one, seed));
  const baseline = (method: string) =>
    bench.eachSeed((seed) => bench.trusted({ ...learned.baseline('final', seed), method }));
  bench.step('baselines: k-means, second-nearest copies, SPANN');
  const [kmeans, second, spann] = await Promise.all([
    baseline('kmeans'),
    baseline('second-nearest'),
    baseline('spann'),
  ]);
  bench.step('predictors: with copies and without, three stop rules');
  const [net, netAdaptive, copies, copiesMass, copiesAdaptive] = await Promise.all([
    examined('fixed', alone),
    examined('adaptive', alone),
    examined('fixed'),
    examined('mass'),
    examined('adaptive'),
  ]);
  bench.step('baseline: LIRA, trained on the same queries');
  const lira = await examineLira(bench, learned);
  return {
    'k-means': kmeans!,
    'k-means, second nearest': second!,
    SPANN: spann!,
    LIRA: lira,
    net: net!,
    'net, adaptive': netAdaptive!,
    'net + copies': copies!,
    'net + copies, mass': copiesMass!,
    'net + copies, adaptive': copiesAdaptive!,
  };
}

/** Vectors fetched at a recall, by seed. */
export function fetchedAt(examinations: readonly Examination[], recall: number): number[] {
  return examinations.map(({ points }) => costAt(meanCurve(points), recall));
}

/** The share of vectors that `method` does not fetch and `other` does, at a recall: over seeds, in pairs. */
export function saving(measured: Measured, method: Method, other: Method, recall: number): Interval {
  const theirs = fetchedAt(measured[other], recall);
  return overSeeds(fetchedAt(measured[method], recall).map((fetched, seed) => 1 - fetched / theirs[seed]!));
}

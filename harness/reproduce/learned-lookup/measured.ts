import { type Examination, meanCurve } from '../../evaluate/learned/examination.ts';
import { overSeeds } from '../../evaluate/learned/reward-comparison.ts';
import type { ReproductionBench } from '../reproduction.ts';
import { headersOf } from './headers.ts';

/** A case as each training seed left it, beside its baseline on the same queries. */
export interface Measured {
  readonly name: string;
  readonly seeds: readonly Examination[];
  readonly baseline: Examination;
}

/** Finds a case by its name, where it was measured. */
export type Find = (name: string) => Measured | undefined;

/** Trains and examines every case that is named, as many at a time as there are cores. */
export async function measureAll(bench: ReproductionBench, names: readonly string[]): Promise<Map<string, Measured>> {
  const all = await Promise.all(
    names.map(async (name): Promise<Measured> => {
      const learned = bench.case(name);
      const headers = headersOf(bench, name);
      return {
        name,
        seeds: await bench.eachSeed((seed) => bench.examined(headers, learned, seed)),
        baseline: await bench.baseline(learned, bench.seeds[0]!),
      };
    }),
  );
  return new Map(all.map((one) => [one.name, one]));
}

/** Share of queries whose answer is among what was read, by number of lookups. */
export const accuracies = ({ points }: Examination): number[] => meanCurve(points).map(({ recall }) => recall);

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Over seeds: accuracy of a figure of one examination's. */
export const over = ({ seeds }: Measured, figure: (examination: Examination) => number) => overSeeds(seeds.map(figure));

/** Accuracy above the baseline's, at the number of lookups (of `upTo`) where least. */
export function leastLead({ seeds, baseline }: Measured, upTo = Number.POSITIVE_INFINITY) {
  const theirs = accuracies(baseline);
  return overSeeds(
    seeds.map((examination) => {
      const leads = accuracies(examination).map((ours, at) => ours - theirs[at]!);
      return Math.min(...leads.slice(0, upTo));
    }),
  );
}

/** Accuracy after the last lookup, above another case's with the same seed. */
export const lastLead = (one: Measured, other: Measured) =>
  overSeeds(one.seeds.map((examination, at) => accuracies(examination).at(-1)! - accuracies(other.seeds[at]!).at(-1)!));

/** log10 of the squared error after the last lookup over another case's with the same seed. */
export const lastErrorRatio = (one: Measured, other: Measured) =>
  overSeeds(one.seeds.map((examination, at) => Math.log10(lastError(examination) / lastError(other.seeds[at]!))));

const lastError = ({ facts, points }: Examination): number => facts[`error${points.length}`]!;

export const sizeOf = ({ seeds }: Measured): string =>
  `N=${seeds[0]!.pictures!.lookups![0]!.length}, M=${seeds[0]!.points.length}`;

export const signed = (value: number): string => `${value < 0 ? '' : '+'}${value.toFixed(3)}`;

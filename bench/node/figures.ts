import { seededRandom } from '../../harness/core/random.ts';
import { type Contender, numbers } from './contender.ts';
import { type BenchData, recallOf } from './data.ts';
import { geometricMean, measureRounds, type Reading } from './measure.ts';
import type { NodeResult, NodeRow } from './table.ts';
import { leastEffort } from './tune.ts';

export const queriesARound = 500;
const curveTargets = [0.8, 0.85, 0.9, 0.95, 0.98, 0.99];
const curveRounds = 6;
const mostEffort = 4000;

/** Queries before this one tune efforts; those from it on are timed. */
export const split = (data: BenchData) => Math.min(2000, Math.floor(data.queries.count / 2));

export interface FiguresOptions {
  readonly k: number;
  /** That all are tuned to. */
  readonly recall: number;
  readonly rounds: number;
}

/** One recall that all are tuned to, timed in rounds; by contender, null where it is out of reach. */
interface AtTarget {
  readonly effort: number;
  readonly recall: number;
  readonly readings: readonly Reading[];
}

/** Tunes all to one recall and times them in rounds; then the same, shorter, at the recalls of the plot. */
export function figuresOf(
  contenders: readonly Contender[],
  data: BenchData,
  options: FiguresOptions,
): Pick<NodeResult, 'rows' | 'kept'> {
  const { k, recall, rounds } = options;
  const main = measureAt(contenders, data, k, recall, rounds);
  const curves = curveTargets.map((target) =>
    target === recall ? main : measureAt(contenders, data, k, target, curveRounds),
  );
  const rows = contenders.flatMap(({ name, detail, buildSeconds }, at): NodeRow[] => {
    const found = main[at];
    if (!found) return [];
    const { effort, recall, readings } = found;
    const first = main[0]?.readings;
    const curve = curves
      .flatMap((points) => points[at] ?? [])
      .map(({ recall, readings }) => ({ recall, qps: meansOf(readings).oneQps.value }));
    const ratio = at === 0 || !first ? null : geometricMean(readings.map(({ oneQps }, n) => oneQps / first[n]!.oneQps));
    return [{ name, detail, buildSeconds, effort, recall, ...meansOf(readings), ratio, curve }];
  });
  const kept = main.flatMap((found) => found?.readings.map((reading) => reading.kept) ?? []);
  return { rows, kept: kept.reduce((sum, share) => sum + share, 0) / kept.length };
}

function measureAt(
  contenders: readonly Contender[],
  data: BenchData,
  k: number,
  target: number,
  rounds: number,
): (AtTarget | null)[] {
  const efforts = contenders.map((contender) => tune(contender, data, k, target));
  const able = contenders.filter((_, at) => efforts[at] !== null);
  contenders.forEach((contender, at) => {
    if (efforts[at]) contender.setEffort(efforts[at]);
  });
  const [from, to] = [split(data), data.queries.count];
  const random = seededRandom('bench node', data.name, target);
  const readings = measureRounds(able, { rounds, queriesARound, from, to, random });
  const timed = Array.from({ length: to - from }, (_, n) => from + n);
  return contenders.map((contender, at) => {
    const effort = efforts[at];
    if (!effort) return null;
    return { effort, recall: recallAt(contender, data, timed, k), readings: readings[able.indexOf(contender)]! };
  });
}

function meansOf(readings: readonly Reading[]) {
  const mean = (read: (reading: Reading) => number | null) => {
    const values = readings.map(read).filter((value) => value !== null);
    return values.length === 0 ? null : geometricMean(values);
  };
  return {
    oneQps: mean(({ oneQps }) => oneQps)!,
    p50: mean(({ p50 }) => p50)!,
    p99: mean(({ p99 }) => p99)!,
    batchQps: mean(({ batchQps }) => batchQps),
    allCoresQps: mean(({ allCoresQps }) => allCoresQps),
  };
}

function tune(contender: Contender, data: BenchData, k: number, target: number): number | null {
  const queries = Array.from({ length: split(data) }, (_, n) => n);
  const recallOfEffort = (effort: number) => {
    contender.setEffort(effort);
    return recallAt(contender, data, queries, k);
  };
  const effort = leastEffort(recallOfEffort, { target, least: k, most: mostEffort });
  console.error(
    effort === null
      ? `${contender.name}: recall ${target} is not reached at effort ${mostEffort}, so it is left out`
      : `${contender.name}: recall ${target} at effort ${effort}`,
  );
  return effort;
}

function recallAt(contender: Contender, data: BenchData, queries: readonly number[], k: number): number {
  return recallOf(
    data,
    queries,
    queries.map((query) => numbers(contender.one(query))),
    k,
  );
}

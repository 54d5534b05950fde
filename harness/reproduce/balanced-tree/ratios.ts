import type { Interval } from '../../core/outcome.ts';
import { recalls } from '../../evaluate/balanced-tree/target.ts';
import type { MeanPoint } from '../../evaluate/learned/examination.ts';
import { costAt, meanSaving } from '../../evaluate/learned/log-ratio.ts';
import { overSeeds } from '../../evaluate/learned/reward-comparison.ts';
import type { CycleCurves } from './trials.ts';

export type Curves = readonly (readonly MeanPoint[])[];

/** Candidates of one way over another's: geometric mean over the window of recalls, and over seeds, pair by pair. */
export function ratio(curves: Curves, others: Curves): Interval {
  const logs = overSeeds(curves.map((curve, seed) => -meanSaving(curve, others[seed]!, recalls)));
  return { value: Math.exp(logs.value), low: Math.exp(logs.low), high: Math.exp(logs.high) };
}

/** The largest ratio from one cycle to the next. */
export function worstStep(byCycle: readonly CycleCurves[]): {
  readonly cycle: number;
  readonly seen: Interval;
} {
  const steps = byCycle
    .slice(1)
    .map(({ cycle, curves }, before) => ({ cycle, seen: ratio(curves, byCycle[before]!.curves) }));
  return steps.reduce((worst, step) => (step.seen.value > worst.seen.value ? step : worst));
}

/** Candidates at a recall, geometric mean over seeds. */
export function candidatesAt(curves: Curves, recall: number): number {
  const logs = curves.map((curve) => Math.log(costAt(curve, recall)));
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

/** The mean of several seeds' curves, effort by effort. */
export function meanOf(curves: Curves): MeanPoint[] {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return curves[0]!.map(({ effort }, at) => ({
    effort,
    recall: mean(curves.map((curve) => curve[at]!.recall)),
    cost: mean(curves.map((curve) => curve[at]!.cost)),
  }));
}

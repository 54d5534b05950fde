import type { Interval } from '../harness/core/outcome.ts';
import { studentT } from './student-t.ts';

/**
 * The block jackknife (Tukey 1958; Efron & Tibshirani 1993, chapter 11): a confidence interval for any smooth statistic of
 * independent blocks, with no formula for its variance. Block b's pseudo-value, count * all - (count - 1) * (all without b),
 * is what b contributed; t on their spread gives the interval.
 * @param count number of blocks, at least 2
 * @param statistic of all blocks but `omitted`, or of all of them
 * @returns centred on the statistic of all blocks, not on the mean pseudo-value: its bias correction would let the value
 *   differ from the areas it is the ratio of
 */
export function jackknife(count: number, statistic: (omitted: number | null) => number, level = 0.95): Interval {
  const value = statistic(null);
  const leftOut = Array.from({ length: count }, (_, block) => statistic(block));
  const mean = leftOut.reduce((sum, one) => sum + one, 0) / count;
  const squares = leftOut.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  // The variance of the mean pseudo-value, (count - 1)^2 squares / (count - 1) / count, with the factors cancelled.
  const reach = studentT(count - 1, level) * Math.sqrt(((count - 1) / count) * squares);
  return { value, low: value - reach, high: value + reach };
}

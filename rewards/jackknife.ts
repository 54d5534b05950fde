/**
 * The delete-a-group jackknife's variance of any smooth statistic of independent groups, with no formula for it needed
 * (Tukey 1958; Efron & Tibshirani 1993, chapter 11): (n - 1) / n times the squared spread of the n values that each lack one.
 * @param count number of groups, at least 2
 * @param without the statistic of all groups but one
 */
export function jackknifeVariance(count: number, without: (omitted: number) => number): number {
  const values = Array.from({ length: count }, (_, group) => without(group));
  const mean = values.reduce((sum, one) => sum + one, 0) / count;
  return ((count - 1) / count) * values.reduce((sum, one) => sum + (one - mean) ** 2, 0);
}

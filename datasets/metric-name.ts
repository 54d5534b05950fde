import type { Metric } from '../harness/core/target.ts';

/** What people call a metric, and what the contract computes for it: angular vectors are scaled to unit length. */
export const metricOf = { euclidean: 'squared_l2', angular: 'inner_product' } as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metricOf;
export const metricNames = Object.keys(metricOf) as [MetricName, ...MetricName[]];

export function nameOfMetric(metric: Metric): MetricName {
  return metricNames.find((name) => metricOf[name] === metric)!;
}

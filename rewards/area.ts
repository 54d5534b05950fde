import type { TimedPoint } from '../harness/core/curve-point.ts';
import { frontier } from './frontier.ts';

/** The recalls between which an index is scored. */
export interface RecallWindow {
  readonly low: number;
  readonly high: number;
}

/** CRINN's window (arXiv 2508.02091, reward): low enough to be reached by all, high enough to be of use. */
export const graphWindow: RecallWindow = { low: 0.85, high: 0.95 };

/** `area` is in queries per second: the mean over the window. A curve that ends inside or below it has no area to rank. */
export type WindowArea =
  | { readonly kind: 'whole'; readonly area: number }
  /** `best`: highest recall reached; `partial`: area under the part that was reached, over the full width. */
  | { readonly kind: 'short'; readonly best: number; readonly partial: number };

/** Mean QPS over recall in the window, under the frontier, interpolated in log-QPS (on which ANN curves are near straight). */
export function windowArea(points: readonly TimedPoint[], window: RecallWindow = graphWindow): WindowArea {
  const edge = frontier(points);
  const best = edge.at(-1)?.recall ?? 0;
  const mean = areaUnder(edge, window) / (window.high - window.low);
  return best >= window.high ? { kind: 'whole', area: mean } : { kind: 'short', best, partial: mean };
}

/** Integral of qps d(recall) under a frontier, up to the window's end or its own. */
function areaUnder(edge: readonly TimedPoint[], { low, high }: RecallWindow): number {
  const first = edge[0];
  if (!first) return 0;
  // An index whose cheapest point is better than `low` answers a lower demand at that same speed: flat, never extrapolated.
  let area = Math.max(0, Math.min(first.recall, high) - low) * first.qps;
  for (let right = 1; right < edge.length; right++) area += areaOfSegment(edge[right - 1]!, edge[right]!, low, high);
  return area;
}

function areaOfSegment(left: TimedPoint, right: TimedPoint, low: number, high: number): number {
  const from = Math.max(left.recall, low);
  const to = Math.min(right.recall, high);
  if (to <= from) return 0;
  const slope = (Math.log(right.qps) - Math.log(left.qps)) / (right.recall - left.recall);
  const logQps = (recall: number) => Math.log(left.qps) + slope * (recall - left.recall);
  return (to - from) * logarithmicMean(logQps(from), logQps(to));
}

/**
 * Mean of exp over [a, b], that is (e^b - e^a) / (b - a), written as e^((a+b)/2) sinh(h) / h with h = (b - a) / 2: no
 * difference of nearly equal numbers is ever taken.
 */
function logarithmicMean(a: number, b: number): number {
  const half = (b - a) / 2;
  return Math.exp((a + b) / 2) * (half === 0 ? 1 : Math.sinh(half) / half);
}

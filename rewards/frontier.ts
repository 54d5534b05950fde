import type { TimedPoint } from '../harness/core/curve-point.ts';
import { HarnessError } from '../harness/core/errors.ts';

/**
 * The Pareto frontier of a curve: the points that no other matches or beats in both recall and qps, so that reading it from
 * the left gives the best qps at recall >= r.
 * @returns recall strictly ascending, qps strictly descending
 * @throws HarnessError as assertPossible does
 */
export function frontier(points: readonly TimedPoint[]): TimedPoint[] {
  assertPossible(points);
  const fromTheRight = [...points].sort((a, b) => b.recall - a.recall || b.qps - a.qps);
  const kept: TimedPoint[] = [];
  let best = 0;
  for (const point of fromTheRight) {
    if (point.qps <= best) continue;
    kept.push(point);
    best = point.qps;
  }
  return kept.reverse();
}

/**
 * @throws HarnessError for a recall outside [0, 1] or a qps that is not positive and finite: no candidate can cause either,
 *   the referee computes both
 */
export function assertPossible(points: readonly TimedPoint[]): void {
  for (const { effort, recall, qps } of points) {
    const possible = recall >= 0 && recall <= 1 && qps > 0 && Number.isFinite(qps);
    if (!possible) throw new HarnessError(`impossible point at effort ${effort}: recall ${recall}, qps ${qps}`);
  }
}

import type { MeanPoint } from './examination.ts';

/** The points that no other is at least as good as in both, by rising recall. */
export function costFrontier(curve: readonly MeanPoint[]): MeanPoint[] {
  const frontier: MeanPoint[] = [];
  for (const point of [...curve].sort((a, b) => b.recall - a.recall || a.cost - b.cost)) {
    const best = frontier.at(-1);
    if (!best || point.cost < best.cost) frontier.push(point);
  }
  return frontier.reverse();
}

/**
 * The cost at which a curve reaches a recall, interpolated in log-cost between the points around it; its cheapest point's where that is better than
 * asked, NaN where it ends below.
 */
export function costAt(curve: readonly MeanPoint[], recall: number): number {
  const frontier = costFrontier(curve);
  const right = frontier.findIndex((point) => point.recall >= recall);
  if (right < 0) return Number.NaN;
  const above = frontier[right]!;
  if (right === 0) return above.cost;
  const below = frontier[right - 1]!;
  const share = (recall - below.recall) / (above.recall - below.recall);
  return Math.exp(Math.log(below.cost) + share * (Math.log(above.cost) - Math.log(below.cost)));
}

/** Mean over recalls of ln(cost / baseline's cost), with its sign turned: what is saved, in nats. NaN where either curve ends too early. */
export function meanSaving(
  curve: readonly MeanPoint[],
  baseline: readonly MeanPoint[],
  recalls: readonly number[],
): number {
  const savings = recalls.map((recall) => Math.log(costAt(baseline, recall) / costAt(curve, recall)));
  return savings.reduce((sum, saving) => sum + saving, 0) / recalls.length;
}

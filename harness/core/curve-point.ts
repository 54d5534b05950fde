/** One measured point of a timed curve. `qps` is queries per second of cost, where cost = max(wall time, CPU time). */
export interface TimedPoint {
  readonly effort: number;
  readonly recall: number;
  readonly qps: number;
}

/** One counted point: `cost` is what a query takes on average in the target's unit, such as candidates; less is better. */
export interface CountedPoint {
  readonly effort: number;
  /** What the target calls recall, in [0, 1]. */
  readonly recall: number;
  readonly cost: number;
}

/** A point of any target's curve. All points of one curve are of one kind. */
export type CurvePoint = TimedPoint | CountedPoint;

/** What stands on the other axis than recall: queries a second, or the cost of a query. */
export function heightOf(point: CurvePoint): number {
  return 'qps' in point ? point.qps : point.cost;
}

export function isTimed(curve: readonly CurvePoint[]): curve is readonly TimedPoint[] {
  return curve.every((point) => 'qps' in point);
}

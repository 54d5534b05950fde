import type { TimedPoint } from '../core/curve-point.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Roofline } from './roofline.ts';

/*
 * The least seconds that any index can take for a query. No honest one may ever beat it, so each assumption below is on the
 * generous side, and what cannot be shown is not counted.
 *
 * Query. An index must read it. It may drop dimensions that say little, so an eighth of its bytes counts (on mnist-784 the best
 * linear choice of a twelfth, a PCA, stops at recall .78), at the speed of the first-level cache, though the referee has
 * just written it from another core.
 *
 * Answers. At a recall in the window an index has compared the query with far more vectors than it returns: a hundred and more
 * are seen where k is 10. Counted are eight for each answer, at eight bytes each, the coarsest code in use: one cache line an
 * answer, and none for the rest of what was compared.
 *
 * Where from. Which codes follow from the query, so the lines are random ones of the index, and an index is no smaller than its
 * codes: eight bytes a vector. `indexLines` was measured on an array of that size; what is larger lies further away. A base with
 * fewer lines than answers can be read whole.
 *
 * All this may overlap, so the larger of the two is the floor, and not their sum. Not counted: arithmetic, hand-over, scratch,
 * ids, the trusted player's own loop.
 */
const codeBytes = 8;
const lineBytes = 64;
const shareOfQueryRead = 1 / 8;

export interface Workload {
  /** Base vectors. */
  readonly count: number;
  readonly dimension: number;
}

/** Bytes of the smallest index: what `indexLines` of the roofline is to be measured on. */
export function leastIndexBytes({ count }: Pick<Workload, 'count'>): number {
  return count * codeBytes;
}

/** Seconds below which no query can be answered, k neighbours each, at a recall in the window. */
export function physicalFloor(machine: Roofline, workload: Workload, k: number): number {
  const queryBytes = Math.max(workload.dimension * 4 * shareOfQueryRead, 4);
  const lines = Math.min(k, Math.ceil(leastIndexBytes(workload) / lineBytes));
  return Math.max(queryBytes / machine.nearReadBytes, lines / machine.indexLines);
}

/** Queries a second that no index can pass on this machine. */
export function qpsCeiling(machine: Roofline, workload: Workload, k: number): number {
  return 1 / physicalFloor(machine, workload, k);
}

/** The outcome of a curve that passes the ceiling at any point: its figures are not those of a search. */
export function aboveRoofline(
  curve: readonly TimedPoint[],
  ceiling: number,
): Extract<Outcome, { kind: 'tampered' }> | undefined {
  const impossible = curve.find(({ qps }) => qps > ceiling);
  if (!impossible) return undefined;
  const [seen, most] = [impossible.qps, ceiling].map((qps) => Math.round(qps).toLocaleString('en-US'));
  return {
    kind: 'tampered',
    stage: 'measure',
    rule: 'above-roofline',
    detail: `${seen} queries/s at effort ${impossible.effort}; this machine's memory allows ${most} at most`,
  };
}

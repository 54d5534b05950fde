import type { QuerySet } from './evaluation.ts';

/** Places in the order of the queries: `count` of them from `from` on. */
export interface QueryRange {
  readonly from: number;
  readonly count: number;
}

/**
 * Half of the queries for attempts (`search`), a quarter that promotions are measured on, and a quarter, held out of all selection, that
 * the final figures are from.
 */
export function queryRange(queries: QuerySet, count: number): QueryRange {
  const half = Math.floor(count / 2);
  const quarter = Math.floor(count / 4);
  switch (queries) {
    case 'search':
      return { from: 0, count: half };
    case 'promotion':
      return { from: half, count: quarter };
    case 'final':
      return { from: half + quarter, count: quarter };
  }
}

/** The part of a range that only serves to find efforts: a fifth, which nothing is scored on. */
export function probeCount({ count }: QueryRange): number {
  return Math.floor(count / 5);
}

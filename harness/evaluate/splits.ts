import { UsageError } from '../core/errors.ts';
import type { QuerySplit } from './measure.ts';

/** The query sets of a campaign: attempts are scored on `search`, promotions on `promotion`, the end result on `final`. */
export interface QuerySplits {
  readonly search: QuerySplit;
  readonly promotion: QuerySplit;
  readonly final: QuerySplit;
}

const leastQueries = 1000;

/**
 * Half of the queries for attempts, a quarter each for promotion and the final figures; a fifth of each finds efforts.
 * @throws UsageError where there are too few queries to keep apart
 */
export function splitQueries(count: number): QuerySplits {
  if (count < leastQueries) {
    throw new UsageError(
      `the dataset has ${count} queries; at least ${leastQueries} are needed to keep selection and final figures apart`,
    );
  }
  const cut = (from: number, size: number): QuerySplit => {
    const probe = Math.floor(size / 5);
    return { probe: { from, count: probe }, timed: { from: from + probe, count: size - probe } };
  };
  const half = Math.floor(count / 2);
  const quarter = Math.floor(count / 4);
  return { search: cut(0, half), promotion: cut(half, quarter), final: cut(half + quarter, quarter) };
}

import { UsageError } from '../core/errors.ts';
import type { QuerySet } from '../core/evaluation.ts';
import { probeCount, queryRange } from '../core/query-splits.ts';
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
  const cut = (queries: QuerySet): QuerySplit => {
    const range = queryRange(queries, count);
    const probe = probeCount(range);
    return {
      probe: { from: range.from, count: probe },
      timed: { from: range.from + probe, count: range.count - probe },
    };
  };
  return { search: cut('search'), promotion: cut('promotion'), final: cut('final') };
}

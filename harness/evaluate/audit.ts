import type { QuerySet } from '../core/evaluation.ts';
import { PlayerEnded, type QueryRange, type Side } from './measure.ts';
import type { Referee } from './referee.ts';
import type { QuerySplits } from './splits.ts';

/** Asked twice, with `others` in between. */
export interface AuditRanges {
  readonly queries: QueryRange;
  readonly others: QueryRange;
}

/** High, so that an answer costs far more than its hand-over. */
const auditEffort = 200;
const mostAuditedQueries = 150;

/**
 * Queries for an audit before the measurement and one after it. They come from the probes of a set that this comparison is not
 * measured on: an answer can only be seen to be remembered where its query was new at first.
 */
export function auditRanges(splits: QuerySplits, measured: QuerySet): { before: AuditRanges; after: AuditRanges } {
  const { from, count } = splits[measured === 'search' ? 'promotion' : 'search'].probe;
  const size = Math.min(mostAuditedQueries, Math.floor(count / 3));
  const range = (part: number): QueryRange => ({ from: from + part * size, count: size });
  return { before: { queries: range(0), others: range(2) }, after: { queries: range(1), others: range(2) } };
}

/**
 * Finds what no single batch shows: answers that depend on what was asked before, answers remembered, work between batches,
 * threads and processes beside the player's own. @throws PlayerEnded
 */
export async function audit(referee: Referee, player: Side, ranges: AuditRanges, limitSeconds: number): Promise<void> {
  const answer = await referee.ask('audited', { op: 'audit', player, effort: auditEffort, ...ranges, limitSeconds });
  if (answer.kind === 'failed') throw new PlayerEnded(player, answer);
}

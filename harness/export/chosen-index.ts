import type { Attempt, CampaignState } from '../core/campaign-state.ts';
import type { Candidate } from '../core/candidate.ts';
import { UsageError } from '../core/errors.ts';
import type { Index } from '../core/evaluation.ts';
import { describeOutcome, type Scored } from '../core/outcome.ts';
import { perSlot, slotsOf } from '../core/target.ts';

/** The headers to export, and what of them the campaign has measured together. */
export interface ChosenIndex {
  readonly headers: Index;
  /** The champions; one attempt with the champions that it was measured beside; or a mixture that nobody measured. */
  readonly kind: 'champions' | 'attempt' | 'mixture';
  /** Of an attempt: the latest that was scored. */
  readonly attempt: (Attempt & { readonly outcome: Scored }) | null;
}

/**
 * The champions where no candidate is named. One named candidate brings the champions that it was measured beside, so that what is exported
 * is what was measured; several bring the present champions of the other slots.
 * @throws UsageError for two candidates of one slot, and for one that was never scored
 */
export function chooseIndex(state: CampaignState, named: readonly Candidate[]): ChosenIndex {
  const { target } = state.spec;
  const champions = perSlot(target, (slot) => state.champions[slot].candidate);
  if (named.length === 0) return { headers: champions, kind: 'champions', attempt: null };
  for (const slot of slotsOf(target)) {
    const ids = named.filter((candidate) => candidate.slot === slot).map(({ id }) => id);
    if (ids.length > 1) throw new UsageError(`${ids.join(' and ')} are both for the slot ${slot}: name one of them`);
  }
  for (const candidate of named) requireScored(state, candidate);
  const chosen: Index = { ...champions };
  for (const candidate of named) chosen[candidate.slot] = candidate;
  if (slotsOf(target).every((slot) => chosen[slot].id === champions[slot].id))
    return { headers: champions, kind: 'champions', attempt: null };
  if (named.length > 1) return { headers: chosen, kind: 'mixture', attempt: null };
  const attempt = scoredAttempt(state, named[0]!);
  // A seed has no attempt of its own.
  if (!attempt) return { headers: chosen, kind: 'mixture', attempt: null };
  const { champions: beside } = state.groups.find(({ group }) => group === attempt.group)!;
  const headers = perSlot(target, (slot) =>
    slot === attempt.slot ? attempt.candidate : state.candidates.get(beside[slot])!,
  );
  return { headers, kind: 'attempt', attempt };
}

function scoredAttempt(state: CampaignState, { id }: Candidate): ChosenIndex['attempt'] {
  const attempt = state.attempts.findLast(({ candidate, outcome }) => candidate.id === id && outcome.kind === 'scored');
  return (attempt as ChosenIndex['attempt']) ?? null;
}

function requireScored(state: CampaignState, candidate: Candidate): void {
  if (candidate.id === state.seeds[candidate.slot].id || scoredAttempt(state, candidate)) return;
  const last = state.attempts.findLast((attempt) => attempt.candidate.id === candidate.id);
  const why = last ? describeOutcome(last.outcome).split('\n')[0] : 'it was never measured';
  throw new UsageError(
    `${candidate.id} has no score, so there is nothing to promise of it (${why}); choose a scored one: annvil leaderboard ${state.spec.name}`,
  );
}

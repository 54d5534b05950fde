import type { Attempt, CampaignState } from '../../core/campaign-state.ts';
import type { Candidate } from '../../core/candidate.ts';
import { describeOutcome, type Outcome, unreachable } from '../../core/outcome.ts';
import { speedupOverSeed } from '../../core/ratio.ts';
import type { Slot } from '../../core/target.ts';
import type { Exemplar, Report } from './protocol.ts';

/** Enough for the errors that matter; later ones mostly follow from them. */
const diagnosticsLimit = 8192;

/** What the record says of a candidate so far; `repair` is the desk's to fill in. */
export function reportOf(state: CampaignState, candidate: Candidate): Report {
  const attempt = state.attempts.findLast((one) => one.candidate.id === candidate.id);
  const promotion = state.promotions.findLast((one) => one.candidate.id === candidate.id);
  const blank = {
    candidate: candidate.id,
    target: state.spec.target,
    slot: candidate.slot,
    outcome: null,
    reward: null,
    speedupOverChampion: null,
    speedupOverSeed: null,
    area: null,
    curve: [],
    diagnostics: null,
    promoted: promotion?.promoted ?? null,
    repair: null,
  };
  if (!attempt) return { ...blank, status: 'waiting', summary: 'not evaluated yet' };
  const { outcome, reward } = attempt;
  const scored = outcome.kind === 'scored' ? outcome : null;
  return {
    ...blank,
    status: 'evaluated',
    summary: describeOutcome(outcome),
    outcome: outcome.kind,
    reward,
    speedupOverChampion: scored?.speedup ?? null,
    speedupOverSeed: speedupOverSeed(attempt),
    area: scored?.area ?? null,
    curve: 'curve' in outcome ? [...outcome.curve] : [],
    diagnostics: diagnosticsOf(outcome),
  };
}

function diagnosticsOf(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'compile-error':
      return bounded(outcome.diagnostics);
    case 'crashed':
      return bounded(outcome.stderr);
    case 'rejected':
    case 'tampered':
      return bounded(outcome.detail);
    case 'timed-out':
    case 'over-limit':
    case 'low-recall':
    case 'scored':
      return null;
    default:
      return unreachable(outcome);
  }
}

function bounded(text: string): string {
  const rest = text.length - diagnosticsLimit;
  return rest <= 0 ? text : `${text.slice(0, diagnosticsLimit)}\n... and ${rest} characters more`;
}

/** Headers worth reading before writing one: the champion, the fastest others, and the seed, in this order. */
export function exemplarsOf(state: CampaignState, slot: Slot, others = 4): readonly Exemplar[] {
  const best = new Map<string, Attempt>();
  for (const attempt of state.attempts) {
    if (attempt.slot === slot && attempt.outcome.kind === 'scored') best.set(attempt.candidate.id, attempt);
  }
  const champion = state.champions[slot];
  const seed = state.seeds[slot];
  const value = (attempt: Attempt) => speedupOverSeed(attempt)?.value ?? 0;
  const fastest = [...best.values()]
    .filter(({ candidate: { id } }) => id !== champion.candidate.id && id !== seed.id)
    .sort((one, other) => value(other) - value(one))
    .slice(0, others)
    .map((attempt) => row(attempt.candidate, 'other', speedupOverSeed(attempt)));
  const first =
    champion.candidate.id === seed.id ? [] : [row(champion.candidate, 'champion', champion.championSpeedup)];
  return [...first, ...fastest, row(seed, 'seed', { value: 1, low: 1, high: 1 })];
}

function row(
  { id, source }: Candidate,
  role: Exemplar['role'],
  speedupOverSeed: Exemplar['speedupOverSeed'],
): Exemplar {
  return { candidate: id, role, speedupOverSeed, source };
}

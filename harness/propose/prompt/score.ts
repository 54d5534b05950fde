import type { CampaignState } from '../../core/campaign-state.ts';
import type { Candidate } from '../../core/candidate.ts';
import type { Interval, Scored } from '../../core/outcome.ts';
import { multiplyRatios, unity } from '../../core/ratio.ts';
import type { Target } from '../../core/target.ts';

/** How fast a header is over its slot's seed, and the measurement that says so; absent for the unmeasured seed. */
export interface Score {
  readonly target: Target;
  readonly overSeed: Interval;
  readonly measured?: Scored;
}

/** The latest score of a candidate, that on fresh queries before others; null where it never scored. */
export function scoreOf(state: CampaignState, { id, slot }: Candidate): Score | null {
  const { seeds, seedOutcome, attempts, promotions } = state;
  const { target } = state.spec;
  if (seeds[slot].id === id) return { target, overSeed: unity, ...(seedOutcome && { measured: seedOutcome }) };
  const attempt = attempts.findLast((one) => one.candidate.id === id && one.outcome.kind === 'scored');
  if (attempt?.outcome.kind !== 'scored') return null;
  const again = promotions.findLastIndex((one) => one.candidate.id === id);
  const outcome = promotions[again]?.outcome;
  if (outcome?.kind !== 'scored') {
    return {
      target,
      overSeed: multiplyRatios(attempt.championSpeedup, attempt.outcome.speedup),
      measured: attempt.outcome,
    };
  }
  // Of a group's elites the second is measured beside the first, once that is promoted.
  const line = promotions.slice(0, again).filter((one) => one.slot === slot && one.promoted);
  const ratios = line.flatMap(({ outcome: before }) => (before.kind === 'scored' ? [before.speedup] : []));
  const work = outcome.work ?? attempt.outcome.work;
  return {
    target,
    overSeed: multiplyRatios(...ratios, outcome.speedup),
    measured: { ...outcome, ...(work && { work }) },
  };
}

/** `one` over `other`, measured independently. */
export function quotient(one: Interval, other: Interval): Interval {
  return multiplyRatios(one, { value: 1 / other.value, low: 1 / other.high, high: 1 / other.low });
}

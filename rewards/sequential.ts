import type { Interval, Verdict } from '../harness/core/outcome.ts';
import { type Estimate, type RoundNoise, ratioInterval } from './estimate.ts';
import { studentT } from './student-t.ts';

/** A moment at which a comparison may end: after so many rounds, with this share of the error spent. */
export interface Look {
  readonly rounds: number;
  readonly error: number;
}

/** What each look but the last may cost of the 5 % by which intervals may miss; the last has what is left. */
const early: readonly Look[] = [
  { rounds: 1, error: 0.002 },
  { rounds: 2, error: 0.004 },
  { rounds: 4, error: 0.006 },
  { rounds: 8, error: 0.008 },
];
const error = 0.05;

/** A machine that does not resolve this in the fewer rounds is given the more. */
const wantedResolution = 0.01;
const mostRounds = { quiet: 8, noisy: 16 };

/**
 * When a comparison is looked at, and what each look may cost: little at first, most at the last, as O'Brien & Fleming (1979)
 * would, since a large difference shows at once and a small one needs every round. The shares add up to 5 %, so that by the
 * union bound the interval reported at whichever look the comparison ended misses in at most 5 % of comparisons (a repeated
 * confidence interval; Jennison & Turnbull 1989). Lan & DeMets (1983) spend the same 5 % a little more thriftily through the
 * joint distribution of the looks, for which these would have to have independent increments and a known variance; here they
 * share their queries and estimate it.
 *
 * How many rounds there are at most is settled before the first, from the noise that earlier comparisons showed (as in Stein
 * 1945, the choice says nothing of this comparison's mean, so it costs no error).
 * @param isSequential whether to look before the end; else the only look is the last, with a plain 95 % interval
 */
export function looksFor(prior: RoundNoise | undefined, isSequential: boolean): readonly Look[] {
  const resolved = prior
    ? studentT(mostRounds.quiet, 1 - error) * Math.sqrt(prior.variance / mostRounds.quiet) <= wantedResolution
    : true;
  const rounds = resolved ? mostRounds.quiet : mostRounds.noisy;
  const before = isSequential ? early.filter((look) => look.rounds < rounds) : [];
  return [...before, { rounds, error: error - before.reduce((sum, look) => sum + look.error, 0) }];
}

export interface Decision {
  readonly speedup: Interval;
  readonly verdict: Verdict;
  /** Whether the comparison can end: the verdict is not going to change, or there is no further look. */
  readonly settled: boolean;
}

/**
 * What a look says of a challenger that must gain `requiredGain` (0.01: one per cent).
 * @param isLast whether more rounds are to be had
 */
export function decide(estimate: Estimate, look: Look, requiredGain: number, isLast: boolean): Decision {
  const speedup = ratioInterval(estimate, 1 - look.error);
  const verdict = verdictOf(speedup, requiredGain);
  // One pair of processes may have been lucky in a way that earlier pairs, of other code, were not: no gain rests on it alone.
  const enough = verdict !== 'accepted' || look.rounds > 1;
  return { speedup, verdict, settled: isLast || (verdict !== 'indecisive' && enough) };
}

function verdictOf({ low, high }: Interval, requiredGain: number): Verdict {
  if (low > 1 + requiredGain) return 'accepted';
  if (high < 1) return 'slower';
  return high < 1 + requiredGain ? 'no-gain' : 'indecisive';
}

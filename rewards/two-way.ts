import { HarnessError } from '../harness/core/errors.ts';
import type { RoundNoise } from './estimate.ts';
import { jackknifeVariance } from './jackknife.ts';

/** What a statistic leaves out: a round, a chunk of queries, or one chunk in one round. */
export interface Omitted {
  readonly round?: number;
  readonly chunk?: number;
}

/** Degrees of freedom that what earlier comparisons showed of the noise is worth against what this one shows. */
const mostPriorDegrees = 8;

/**
 * The standard error of a statistic over rounds and chunks of queries, which are crossed: every round asks the same queries. The variance
 * is that of two-way clusters, over rounds, plus over chunks, less over single cells, which both count (Cameron, Gelbach &
 * Miller 2011, section 2.2), each by the delete-a-group jackknife (Efron & Tibshirani 1993, chapter 11).
 *
 * Few rounds know their own variance badly, so it is moderated by what earlier comparisons showed (the moderated t of Smyth
 * 2004, section 3), which also gives a single round a standard error.
 *
 * @param statistic its value with parts left out
 * @param prior how much one round was seen to vary before
 * @throws HarnessError for one round and no prior
 */
export function twoWayError(
  { rounds, chunks }: { readonly rounds: number; readonly chunks: number },
  statistic: (left: Omitted) => number,
  prior: RoundNoise | undefined,
): { standardError: number; degrees: number; noise?: RoundNoise } {
  const overChunks = jackknifeVariance(chunks, (chunk) => statistic({ chunk }));
  const own = rounds > 1 ? rounds * jackknifeVariance(rounds, (round) => statistic({ round })) : 0;
  const noise = { variance: own, degrees: rounds - 1 };
  const moderated = moderate(noise, prior);
  const overRounds = moderated.variance / rounds;
  const overCells =
    rounds > 1
      ? jackknifeVariance(rounds * chunks, (cell) =>
          statistic({ round: Math.floor(cell / chunks), chunk: cell % chunks }),
        )
      : overChunks;
  // A single round's chunks and cells are the same, and cannot tell queries from rounds: all of it counts.
  const overQueries = rounds > 1 ? Math.max(0, overChunks - overCells) : overChunks;
  const variance = overRounds + overQueries;
  // Satterthwaite (1946): the degrees of freedom of a sum of variances.
  const spread = overRounds ** 2 / moderated.degrees + overQueries ** 2 / (chunks - 1);
  const degrees = spread > 0 ? Math.max(1, Math.floor(variance ** 2 / spread)) : moderated.degrees;
  return { standardError: Math.sqrt(variance), degrees, ...(noise.degrees > 0 && { noise }) };
}

/** @throws HarnessError where neither says anything */
function moderate(own: RoundNoise, prior: RoundNoise | undefined): RoundNoise {
  const priorDegrees = prior ? Math.min(prior.degrees, mostPriorDegrees) : 0;
  const degrees = own.degrees + priorDegrees;
  if (degrees === 0) throw new HarnessError('one round alone says nothing of its own error');
  return { variance: (own.degrees * own.variance + priorDegrees * (prior?.variance ?? 0)) / degrees, degrees };
}

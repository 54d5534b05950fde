import { overSeeds } from '../../evaluate/learned/reward-comparison.ts';
import { type Claim, claimOf } from '../claim.ts';
import { accuracies, type Measured } from './measured.ts';

/** What section 4.4 says of extra space; `sweep` by rising T, the first without any. */
export function extraClaims(sweep: readonly Measured[]): Claim[] {
  const amounts = sweep.map(({ name }) => name.replace('extra-', '')).join(', ');
  const { seeds } = sweep[0]!;
  const missed = (measured: Measured, seed: number) => 1 - accuracies(measured.seeds[seed]!).at(-1)!;
  const falls = sweep
    .slice(1)
    .map((more, at) => overSeeds(seeds.map((_, seed) => missed(sweep[at]!, seed) - missed(more, seed))));
  // A single training may be lucky at one T: a step is judged by its mean over seeds, by the interval of the step that is least sure.
  const least = falls.reduce((one, other) =>
    other.low < one.low || (other.low === one.low && other.value < one.value) ? other : one,
  );
  const ends = seeds.map((_, seed) => missed(sweep[0]!, seed) - missed(sweep.at(-1)!, seed));
  const ahead = seeds.map((_, seed) =>
    Math.min(...sweep.slice(1).map((one) => accuracies(one.seeds[seed]!).at(-1)! - accuracies(one.baseline).at(-1)!)),
  );
  return [
    claimOf(
      {
        claim: `extra space: the error falls with every step of T (${amounts})`,
        paper: 'the error monotonically decreases with extra space (N=32, M=2; section 4.4)',
        note: 'fall of the share of queries missed after the last lookup, mean over seeds, at the step where that is least sure; M=2',
      },
      least,
      { above: 0 },
    ),
    claimOf(
      {
        claim: 'extra space: with as many extra values as points fewer queries miss than without any',
        paper: 'accuracy 44 % without, 75 % with 32 and 88 % with 64 (N=50, M=2; NeurIPS 2025)',
        note: `fall of the share of queries missed from T=0 to T=${amounts.split(', ').at(-1)}`,
      },
      overSeeds(ends),
      { above: 0 },
    ),
    claimOf(
      {
        claim: 'extra space: ahead of bucketing at every T',
        paper: 'outperforms a bucketing baseline (figure 4c)',
        note: 'accuracy above that of T buckets at the T where that is least',
      },
      overSeeds(ahead),
      { above: 0 },
    ),
  ];
}

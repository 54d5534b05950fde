import { type Claim, claimOf, notMeasured } from '../claim.ts';
import { accuracies, type Find, lastErrorRatio, leastLead, type Measured, mean, over, sizeOf } from './measured.ts';

/** What section 4.2 says, of data in the plane. */
export function planeClaims(of: Find): Claim[] {
  return [ahead(of('plane')!), ...withoutPermutation(of), hard(of('plane-hard'))];
}

function ahead(measured: Measured): Claim {
  return claimOf(
    {
      claim: '2D uniform: ahead of the k-d tree',
      paper: 'outperforms the k-d tree (N=50, M=5; section 4.2); 75 % against 52 % (N=100, M=6, NeurIPS 2025)',
      note: `accuracy above the k-d tree's at the number of lookups where that is least; ${sizeOf(measured)}`,
    },
    leastLead(measured),
    { above: 0 },
  );
}

function withoutPermutation(of: Find): Claim[] {
  const transformed = of('plane no-permute');
  const better = {
    claim: '2D uniform: better without permutation',
    paper: 'the no-permute ablation outperforms our model (N=50, M=5; section 4.2)',
    note: 'log10 of the squared error after the last lookup over that with permutation, pairs of the same seed',
  };
  const lossy = {
    claim: '2D uniform: without permutation the inputs are not retained',
    paper: 'it does not fully retain the inputs, so it is not a feasible alternative (section 4.2)',
    note: 'share of points found again, within .01, in what is stored; with permutation 1 by construction',
  };
  if (!transformed) return [notMeasured(better), notMeasured(lossy)];
  return [
    claimOf(better, lastErrorRatio(transformed, of('plane')!), { below: 0 }),
    claimOf(
      lossy,
      over(transformed, ({ facts }) => facts.retained!),
      { below: 0.9 },
    ),
  ];
}

function hard(measured: Measured | undefined): Claim {
  const fields = {
    claim: '2D hard distribution: at most 10 % behind the k-d tree on the mean over numbers of lookups',
    paper: 'roughly tracks the performance of a k-d tree (figure 10)',
    note: "accuracy over the k-d tree's",
  };
  if (!measured) return notMeasured(fields);
  const theirs = mean(accuracies(measured.baseline));
  return claimOf(
    { ...fields, note: `${fields.note}; ${sizeOf(measured)}` },
    over(measured, (one) => mean(accuracies(one)) / theirs),
    { above: 0.9 },
  );
}

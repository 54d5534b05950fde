import type { Examination } from '../../evaluate/learned/examination.ts';
import { type Claim, claimOf } from '../claim.ts';
import {
  accuracies,
  type Find,
  lastErrorRatio,
  lastLead,
  leastLead,
  type Measured,
  mean,
  over,
  signed,
  sizeOf,
} from './measured.ts';

/**
 * What section 4.1 says, of data in one dimension.
 * @param line the uniform case that has ablations
 * @param interpolation interpolation search on that case's queries
 */
export function lineClaims(of: Find, line: string, interpolation: Examination): Claim[] {
  const lines = [line, 'uniform-32'].map(of).filter((one) => one !== undefined);
  return [
    ...lines.map(sorts),
    ...lines.map(aheadOfBinarySearch),
    firstLookup(of(line)!, interpolation),
    ...ablations(of, line),
    hard(of('hard')!),
    zipf(of('zipf')!),
  ];
}

function sorts(measured: Measured): Claim {
  return claimOf(
    {
      claim: `1D uniform, ${sizeOf(measured)}: the ranker learns to sort`,
      paper: '97 % of inputs in the right place (N=50; section 4.1); 99.5 % at N=100 (NeurIPS 2025)',
      note: 'share of points in the place they have in the sorted dataset, in the better direction',
    },
    over(measured, ({ facts }) => facts.sorted!),
    { above: 0.99 },
  );
}

function aheadOfBinarySearch(measured: Measured): Claim {
  const last = measured.seeds[0]!.points.length;
  const onLast = mean(measured.seeds.map((one) => accuracies(one).at(-1)! - accuracies(measured.baseline).at(-1)!));
  return claimOf(
    {
      claim: `1D uniform, ${sizeOf(measured)}: ahead of binary search on every lookup but the last`,
      paper: 'outperforms binary search for M < 6, slightly worse on the last query (section 4.1)',
      note: `accuracy above binary search's at the lookup before the last where that is least; on the last it is ${signed(onLast)}`,
    },
    leastLead(measured, last - 1),
    { above: 0 },
  );
}

function firstLookup(measured: Measured, interpolation: Examination): Claim {
  const leads = accuracies(interpolation).map((theirs, at) =>
    signed(mean(measured.seeds.map((one) => accuracies(one)[at]!)) - theirs),
  );
  return claimOf(
    {
      claim: '1D uniform: the first lookup begins near where the query is likely to lie, as interpolation search does',
      paper: 'does not always start in the middle but closer to the query’s likely position (figure 2b)',
      note:
        'correlation of the first position read with the query; binary search, always in the middle, has 0, interpolation search ' +
        `${interpolation.facts.firstFollowsQuery!.toFixed(3)}. Accuracy above interpolation search's by lookup, which the ` +
        `paper does not compare with: ${leads.join(' ')}`,
    },
    over(measured, ({ facts }) => facts.firstFollowsQuery!),
    { above: 0.5 },
  );
}

function ablations(of: Find, line: string): Claim[] {
  const whole = of(line)!;
  const [frozen, rigid, transformed] = ['frozen', 'non-adaptive', 'no-permute'].map((name) => of(`${line} ${name}`)!);
  const accuracy = 'accuracy lost after the last lookup, pairs of the same seed';
  const sorted = mean(frozen!.seeds.map(({ facts }) => facts.sorted!));
  return [
    claimOf(
      {
        claim: '1D uniform: worse with a ranker that is not trained (frozen)',
        paper: 'underperforms; 38 % of inputs in the right place (section 4.1)',
        note: `${accuracy}; ${(100 * sorted).toFixed(0)} % of inputs in the right place here`,
      },
      lastLead(whole, frozen!),
      { above: 0 },
    ),
    claimOf(
      {
        claim: '1D uniform: worse without the history (non-adaptive)',
        paper: 'underperforms as it fails to learn adaptive solutions (section 4.1)',
        note: accuracy,
      },
      lastLead(whole, rigid!),
      { above: 0 },
    ),
    claimOf(
      {
        claim: '1D uniform: without permutation the inputs are not retained',
        paper: 'inability to fully retain inputs (section 4.1)',
        note: 'share of points found again, within .01, in what is stored; with permutation 1 by construction',
      },
      over(transformed!, ({ facts }) => facts.retained!),
      { below: 0.9 },
    ),
    claimOf(
      {
        claim: '1D uniform: worse without permutation',
        paper: 'the no-permute ablation also underperforms (section 4.1)',
        note: 'log10 of the squared error after the last lookup over that with permutation, pairs of the same seed',
      },
      lastErrorRatio(transformed!, whole),
      { above: 0 },
    ),
  ];
}

function hard(measured: Measured): Claim {
  const theirs = accuracies(measured.baseline);
  const ratio = (one: Examination) => mean(accuracies(one)) / mean(theirs);
  const byLookup = theirs.map((one, at) => mean(measured.seeds.map((seed) => accuracies(seed)[at]!)) / one);
  return claimOf(
    {
      claim: '1D hard distribution: at most 5 % behind binary search on the mean over numbers of lookups',
      paper: 'closely resembles binary search (section 4.1, figure 7; N=16)',
      note:
        `accuracy over binary search's; ${byLookup.map((one) => one.toFixed(3)).join(' ')} by lookup, ` +
        `${measured.seeds.map((one) => ratio(one).toFixed(3)).join(' ')} by seed; ${sizeOf(measured)}`,
    },
    over(measured, ratio),
    { above: 0.95 },
  );
}

function zipf(measured: Measured): Claim {
  return claimOf(
    {
      claim: '1D Zipf: ahead of binary search on every lookup but the last',
      paper: 'adapts to the data distribution (section 1); no figure in the workshop version',
      note: `density 1/x over three decades; accuracy above binary search's where least; ${sizeOf(measured)}`,
    },
    leastLead(measured, measured.seeds[0]!.points.length - 1),
    { above: 0 },
  );
}

import { overSeeds } from '../../evaluate/learned/reward-comparison.ts';
import { type Claim, claimOf } from '../claim.ts';
import { extraClaims } from './extra-claims.ts';
import { accuracies, lastLead, leastLead, type Measured, mean, over } from './measured.ts';

/** The paper's claims beside what was seen; `of` finds a case by its name, where it was measured. */
export function claims(
  of: (name: string) => Measured | undefined,
  line: string,
  extra: readonly string[],
  rows: readonly string[],
): Claim[] {
  const lines = [line, 'uniform-32'].map(of).filter((one) => one !== undefined);
  return [
    ...lines.map(sorts),
    ...lines.map(aheadOfBinarySearch),
    firstLookup(of(line)!),
    ...ablations(of, line),
    hard(of('hard')!),
    plane(of('plane')!),
    sphere(of('sphere')!),
    ...extraClaims(extra.map((name) => of(name)!)),
    zipf(of('zipf')!),
    ...rows.map((name) => ofRows(of(name)!)),
  ];
}

const sizeOf = ({ seeds }: Measured) => `N=${seeds[0]!.pictures!.lookups![0]!.length}, M=${seeds[0]!.points.length}`;

function sorts(measured: Measured): Claim {
  return claimOf(
    {
      claim: `1D uniform, ${sizeOf(measured)}: the ranker learns to sort`,
      paper: '97 % of inputs in the right place (N=50; section 4.1); 99.5 % at N=100 (NeurIPS 2025)',
      note: 'share of points in the place they have in the sorted dataset, in the better direction',
    },
    over(measured, ({ facts }) => facts.sorted!),
    { atLeast: 0.99 },
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

function firstLookup(measured: Measured): Claim {
  return claimOf(
    {
      claim: '1D uniform: the first lookup begins near where the query is likely to lie, as interpolation search does',
      paper: 'does not always start in the middle but closer to the query’s likely position (figure 2b)',
      note: 'correlation of the first position read with the query; binary search, always in the middle, has 0',
    },
    over(measured, ({ facts }) => facts.firstFollowsQuery!),
    { above: 0.5 },
  );
}

function ablations(of: (name: string) => Measured | undefined, line: string): Claim[] {
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
      overSeeds(transformed!.seeds.map((one, at) => Math.log10(lastError(one) / lastError(whole.seeds[at]!)))),
      { above: 0 },
    ),
  ];
}

const lastError = ({ facts, points }: Measured['seeds'][number]) => facts[`error${points.length}`]!;

function hard(measured: Measured): Claim {
  const theirs = mean(accuracies(measured.baseline));
  return claimOf(
    {
      claim: '1D hard distribution: within 5 % of binary search, which no structure can beat there',
      paper: 'closely resembles binary search (section 4.1, figure 7; N=16)',
      note: `accuracy over binary search's, means over numbers of lookups; ${sizeOf(measured)}`,
    },
    over(measured, (one) => mean(accuracies(one)) / theirs),
    { atLeast: 0.95 },
  );
}

function plane(measured: Measured): Claim {
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

function sphere(measured: Measured): Claim {
  const ours = mean(measured.seeds.map((one) => accuracies(one)[0]!));
  const theirs = accuracies(measured.baseline)[0]!;
  return claimOf(
    {
      claim:
        '30D sphere, N=8, M=1: the lookup is decided by the projection to two vectors, as in locality-sensitive hashing',
      paper: 'the top 2 principal components explain all of the variance (appendix E.3)',
      note:
        'share of variance of one-vs-rest classifiers’ coefficients in two components; ' +
        `accuracy ${ours.toFixed(3)}, SimHash with the best number of bits ${theirs.toFixed(3)}`,
    },
    over(measured, ({ facts }) => facts.component1! + facts.component2!),
    { atLeast: 0.95 },
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

function ofRows(measured: Measured): Claim {
  return claimOf(
    {
      claim: 'rows of the dataset, projected by principal components: as good as locality-sensitive hashing',
      paper: 'performs competitively with LSH (30D sphere, N=50, M=5; figure 4a)',
      note: `accuracy above that of SimHash with the best number of bits, where least; ${sizeOf(measured)}`,
    },
    leastLead(measured),
    { above: -0.02 },
    false,
  );
}

const signed = (value: number) => `${value < 0 ? '' : '+'}${value.toFixed(3)}`;

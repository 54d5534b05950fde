import type { Interval } from '../../core/outcome.ts';
import { imbalance, largestBin, window } from '../../evaluate/neural-lsh/target.ts';
import { type Claim, claimOf, notMeasured } from '../claim.ts';
import { type Baseline, baselines, type Measured } from './measured.ts';
import { candidateRatio, fact, type Pairing, tailRatio } from './ratios.ts';

const paper = 'Neural LSH (ICLR 2020)';
const figures = `${paper}, section 4: consistently fewer candidates at equal 10-NN accuracy than quantisation- and tree-based partitions`;
const overWindow = 'candidates over theirs, geometric mean over 10-NN accuracies .70 to .95';

/** Rows a bin from which a learned router was seen to win (LEARNED.md); the paper's own are 3,900 and more. */
const enoughRows = 900;

/** Every claim that these numbers of bins allow. `rows`: of the base. */
export function claimsOf(measured: readonly Measured[], rows: number, dataset: string): Claim[] {
  const one = (name: string) => measured.find((each) => each.name === name);
  return [
    ...['m=16', 'm=64', 'm=256'].flatMap((name) => comparisons(name, one(name), rows, dataset)),
    ...tails(one('m=16') ?? measured[0]!, dataset),
    ...balance(measured, dataset),
    ...ablations(
      measured.filter(({ name }) => name === 'm=16' || name === 'm=64' || measured.length === 1),
      dataset,
    ),
    twoLevels(one('m=256x256'), rows, dataset),
  ];
}

function comparisons(name: string, measured: Measured | undefined, rows: number, dataset: string): Claim[] {
  const ahead = { claim: `${name}: fewer candidates than k-means`, paper: figures };
  const others = { claim: `${name}: fewer candidates than every other baseline`, paper: figures };
  if (!measured)
    return [{ ...notMeasured({ ...ahead, note: 'this preset has no such partition: try --preset large' }) }];
  const visible = rows / Number(name.slice(2)) >= enoughRows;
  const against = (baseline: Baseline): Pairing => ({ ours: measured.net, theirs: measured.baselines[baseline]! });
  const ratios = (Object.keys(baselines) as Baseline[])
    .filter((baseline) => baseline !== 'kmeans')
    .map((baseline) => ({ baseline, seen: candidateRatio([against(baseline)], window) }));
  const closest = ratios.reduce((worst, each) => (each.seen.high > worst.seen.high ? each : worst));
  const said = ratios.map(({ baseline, seen }) => `${baselines[baseline]} ${seen.value.toFixed(2)}`).join(', ');
  const note = `${overWindow}; ${dataset}`;
  return [
    claimOf({ ...ahead, note }, candidateRatio([against('kmeans')], window), { below: 1 }, visible),
    claimOf(
      { ...others, note: `the closest, ${baselines[closest.baseline]} (${said}); ${note}` },
      closest.seen,
      { below: 1 },
      visible,
    ),
  ];
}

function tails({ name, net, baselines: { kmeans } }: Measured, dataset: string): Claim[] {
  const seen = tailRatio({ ours: net, theirs: kmeans! }, window);
  return [
    claimOf(
      {
        claim: `${name}: the dearest twentieth of queries, too, is cheaper than with k-means`,
        paper: `${paper}, section 4: curves of the .95-quantile of candidates, ahead by more than the mean`,
        note: `.95-quantile of ${overWindow}; ${dataset}`,
      },
      seen,
      { below: 1 },
    ),
  ];
}

function balance(measured: readonly Measured[], dataset: string): Claim[] {
  const largest = (name: string): Interval =>
    measured.map(({ net }) => fact(net, name)).reduce((worst, each) => (each.high > worst.high ? each : worst));
  const part = largest('largestPart');
  return [
    claimOf(
      {
        claim: 'the partition of the graph is balanced to 3 %',
        paper: `${paper}, section 4: KaHIP with an imbalance of 3 %`,
        note: `largest part over the mean, before re-binning, worst number of bins; ${dataset}`,
      },
      part,
      // METIS rounds the limit of a part up to whole rows.
      { atMost: 1 + imbalance + 0.001 },
    ),
    claimOf(
      {
        claim: 'after re-binning the largest bin stays within 1.5 times the mean',
        paper: `${paper}: re-binned by the trained network, without a limit`,
        note: `largest bin over the mean, worst number of bins; ${dataset}`,
      },
      largest('largestBin'),
      { atMost: largestBin },
    ),
  ];
}

function ablations(measured: readonly Measured[], dataset: string): Claim[] {
  const bins = measured.map(({ name }) => name).join(' and ');
  return [
    claimOf(
      {
        claim: 're-binning by the trained network is essential',
        paper: `${paper}, section 3: points are hashed as queries are, by the network`,
        note: `candidates at accuracy .90 over those without re-binning, ${bins}; ${dataset}`,
      },
      candidateRatio(
        measured.map(({ net, unmoved }) => ({ ours: net, theirs: unmoved })),
        [0.9],
      ),
      { below: 1 },
    ),
    claimOf(
      {
        claim: 'the perceptron is ahead of logistic regression',
        paper: `${paper}, section 4: the linear variant needs more candidates`,
        note: `${overWindow}, ${bins}; ${dataset}`,
      },
      candidateRatio(
        measured.map(({ net, logistic }) => ({ ours: net, theirs: logistic })),
        window,
      ),
      { below: 1 },
    ),
  ];
}

function twoLevels(measured: Measured | undefined, rows: number, dataset: string): Claim {
  const fields = {
    claim: '65,536 bins over two levels: fewer candidates than k-means',
    paper: `${paper}, section 4: two levels of 256 on SIFT1M and GloVe`,
  };
  if (!measured) return notMeasured({ ...fields, note: 'only the paper preset has two levels' });
  const seen = candidateRatio([{ ours: measured.net, theirs: measured.baselines.kmeans! }], window);
  return claimOf(
    { ...fields, note: `${overWindow}, k-means over two levels too; ${dataset}` },
    seen,
    { below: 1 },
    rows >= 500_000,
  );
}

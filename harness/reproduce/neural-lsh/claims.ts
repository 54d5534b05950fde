import type { Interval } from '../../core/outcome.ts';
import { imbalance, largestBin, window } from '../../evaluate/neural-lsh/target.ts';
import { type Claim, claimOf, notMeasured } from '../claim.ts';
import { type Baseline, baselines, type FullyMeasured, type Measured } from './measured.ts';
import { candidateRatio, fact, tailRatio } from './ratios.ts';

const paper = 'Neural LSH (ICLR 2020)';
const figures = `${paper}, section 4: consistently fewer candidates at equal 10-NN accuracy than quantisation- and tree-based partitions`;
const overWindow = 'candidates over theirs, geometric mean over 10-NN accuracies .70 to .95';

/** Rows a bin from which a learned router was seen to win (LEARNED.md); the paper's own are 3,900 and more. */
const enoughRows = 900;

/**
 * Every claim that these numbers of bins allow.
 * @param beyond numbers of bins that were measured against k-means only
 * @param rows of the base
 */
export function claimsOf(
  measured: readonly FullyMeasured[],
  beyond: readonly Measured[],
  rows: number,
  dataset: string,
): Claim[] {
  const one = (name: string) => measured.find((each) => each.name === name);
  const levels = [one('m=16'), one('m=64'), one('m=256')].filter((each) => each !== undefined);
  const few = beyond.filter((each) => !one(each.name));
  return [
    ...levels.flatMap((each) => [againstKmeans(each, rows, dataset), againstOthers(each, rows, dataset)]),
    ...few.map((each) => againstKmeans(each, rows, dataset)),
    ...tails(levels[0] ?? measured[0]!, dataset),
    ...balance(measured, dataset),
    ...ablations(measured.length === 1 ? measured : levels.filter(({ name }) => name !== 'm=256'), dataset),
    twoLevels(one('m=256x256'), rows, dataset),
  ];
}

/** Fewer rows a bin than the paper's least say little of it. */
function isVisible({ name }: Measured, rows: number): boolean {
  return rows / Number(name.slice(2)) >= enoughRows;
}

function againstKmeans(measured: Measured, rows: number, dataset: string): Claim {
  const fields = {
    claim: `${measured.name}: fewer candidates than k-means`,
    paper: figures,
    note: `${overWindow}; ${dataset}`,
  };
  const seen = candidateRatio([{ ours: measured.net, theirs: measured.kmeans }], window);
  return claimOf(fields, seen, { below: 1 }, isVisible(measured, rows));
}

function againstOthers(measured: FullyMeasured, rows: number, dataset: string): Claim {
  const ratios = Object.entries(measured.others).map(([name, theirs]) => ({
    name: baselines[name as Baseline],
    seen: candidateRatio([{ ours: measured.net, theirs }], window),
  }));
  const closest = ratios.reduce((worst, each) =>
    each.seen.high > worst.seen.high || (each.seen.high === worst.seen.high && each.seen.value > worst.seen.value)
      ? each
      : worst,
  );
  const said = ratios.map(({ name, seen }) => `${name} ${seen.value.toFixed(2)}`).join(', ');
  const fields = {
    claim: `${measured.name}: fewer candidates than every other baseline`,
    paper: figures,
    note: `the closest, ${closest.name} (${said}); ${overWindow}; ${dataset}`,
  };
  return claimOf(fields, closest.seen, { below: 1 }, isVisible(measured, rows));
}

function tails({ name, net, kmeans }: Measured, dataset: string): Claim[] {
  const seen = tailRatio({ ours: net, theirs: kmeans }, window);
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
    measured.map(({ net }) => fact(net, name)).reduce((worst, each) => (each.value > worst.value ? each : worst));
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

function ablations(measured: readonly FullyMeasured[], dataset: string): Claim[] {
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
        claim: 'the perceptron is ahead of a tree of logistic regressions',
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
  const seen = candidateRatio([{ ours: measured.net, theirs: measured.kmeans }], window);
  return claimOf(
    { ...fields, note: `${overWindow}, k-means over two levels too; ${dataset}` },
    seen,
    { below: 1 },
    rows >= 500_000,
  );
}

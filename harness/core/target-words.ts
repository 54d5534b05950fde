import { type CurvePoint, heightOf } from './curve-point.ts';
import type { Target } from './target.ts';

/**
 * What a target calls its figures, for all who show them: tables, charts, the live view, reports and prompts. Areas are ratios of one
 * kind within a target, and `speedup` is a ratio of two of them everywhere.
 */
export interface TargetWords {
  /** In one line, for headlines. */
  readonly title: string;
  /** The curve's other axis: what a query gets or costs, with its unit as a column's title. */
  readonly height: { readonly title: string; readonly better: 'more' | 'less' };
  /** The curve's quality, in [0, 1]. */
  readonly recall: string;
  /** What one step of effort is. */
  readonly effort: string;
  /** The recalls that are scored, for shading a chart; null where efforts are and not recalls. */
  readonly window: { readonly low: number; readonly high: number } | null;
  /** The same in words: `recall between 0.85 and 0.95`. */
  readonly windowText: string;
  /** A column's title over `area`, and how it is written: counted, as a ratio to the baseline, or as the reward that is its logarithm. */
  readonly area: { readonly title: string; readonly form: 'count' | 'ratio' | 'logarithm' };
  /** What `area` is, in a sentence's own words: `queries/s, mean over the recall window`. */
  readonly areaText: string;
  /** What a better index has more of, or less: `faster`. */
  readonly comparative: string;
  /** What the reward is relative to; null for the graph, whose seed is measured beside it. */
  readonly baseline: string | null;
  /** The dataset where a specification names none. */
  readonly dataset: string;
}

const mnist = 'mnist-784-euclidean';

/** LEARNED.md gives each learned target's curve, window and reward; CRINN's reward is the graph's (arXiv 2508.02091). */
const words: Readonly<Record<Target, TargetWords>> = {
  graph: {
    title: 'graph index',
    height: { title: 'queries/s', better: 'more' },
    recall: 'recall',
    effort: 'effort',
    window: { low: 0.85, high: 0.95 },
    windowText: 'recall between 0.85 and 0.95',
    area: { title: 'queries/s', form: 'count' },
    areaText: 'queries/s, mean over the recall window',
    comparative: 'faster',
    baseline: null,
    dataset: mnist,
  },
  'neural-lsh': {
    title: 'learned space partition (Neural LSH)',
    height: { title: 'candidates', better: 'less' },
    recall: '10-NN accuracy',
    effort: 'bins probed',
    window: { low: 0.7, high: 0.95 },
    windowText: '10-NN accuracy between 0.70 and 0.95',
    area: { title: 'x k-means', form: 'ratio' },
    areaText: 'times fewer candidates than k-means, mean over the window (of logarithms)',
    comparative: 'better',
    baseline: 'k-means',
    dataset: mnist,
  },
  'balanced-tree': {
    title: 'balanced tree index (BATL)',
    height: { title: 'candidates', better: 'less' },
    recall: 'recall@10',
    effort: 'leaves',
    window: { low: 0.7, high: 0.95 },
    windowText: 'recall@10 between 0.70 and 0.95',
    area: { title: 'x k-means', form: 'ratio' },
    areaText: 'times fewer candidates than k-means with as many leaves, mean over the window (of logarithms)',
    comparative: 'better',
    baseline: 'k-means with as many leaves',
    dataset: mnist,
  },
  'cluster-routing': {
    title: 'learned cluster routing on storage',
    height: { title: 'vectors fetched', better: 'less' },
    recall: 'recall@1',
    effort: 'effort',
    window: { low: 0.7, high: 0.95 },
    windowText: 'recall@1 at 0.70, 0.80, 0.85, 0.90 and 0.95',
    area: { title: 'x k-means', form: 'ratio' },
    areaText:
      'times fewer vectors fetched than by k-means probing, mean over five recalls (of logarithms), less the price of copies',
    comparative: 'better',
    baseline: 'k-means probing',
    dataset: mnist,
  },
  'learned-lookup': {
    title: 'learned data structure (lookups)',
    height: { title: 'lookups', better: 'less' },
    recall: 'exact-NN accuracy',
    effort: 'lookups',
    window: null,
    windowText: 'every number of lookups up to the budget',
    area: { title: 'accuracy gained', form: 'logarithm' },
    areaText: 'exact-NN accuracy above the baseline, mean over lookups',
    comparative: 'better',
    baseline: 'the classical structure (binary search, k-d tree or LSH)',
    dataset: 'synthetic',
  },
};

export function wordsOf(target: Target): TargetWords {
  return words[target];
}

/** An area for people, as its target writes it; its title is in `words.area`. */
export function areaFigure(target: Target, area: number): string {
  switch (words[target].area.form) {
    case 'count':
      return Math.round(area).toLocaleString('en-US');
    case 'ratio':
      return area.toFixed(3);
    case 'logarithm':
      return `${area < 1 ? '' : '+'}${Math.log(area).toFixed(4)}`;
  }
}

/** A point's height for people: speeds are whole numbers, counts may be small. */
export function heightFigure(point: CurvePoint): string {
  const height = heightOf(point);
  const small = !('qps' in point) && height < 100 && !Number.isInteger(height);
  return small ? height.toFixed(2) : Math.round(height).toLocaleString('en-US');
}

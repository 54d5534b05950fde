import type { Examination } from '../../evaluate/learned/examination.ts';
import { barChart, type Figure, lineChart, type Series } from '../figures.ts';
import { accuracies, type Find, type Measured, mean, sizeOf } from './measured.ts';
import { published } from './published.ts';

/** A curve of the figure: means over its examinations. */
interface Run {
  readonly name: string;
  readonly examinations: readonly Examination[];
}

/** Error and accuracy by lookup of every case that was measured; `interpolation` is on the line's queries. */
export function lookupFigures(of: Find, line: string, interpolation: Examination): Figure[] {
  const cases = Object.keys(about).map((name) => [name, name === 'uniform' ? line : name] as const);
  return cases.flatMap(([name, measured]) => {
    if (!of(measured)) return [];
    const runs = runsOf(of, measured, about[name]!.baseline);
    if (name === 'uniform') runs.push({ name: 'interpolation search', examinations: [interpolation] });
    const figure = byLookups(name, runs);
    return [name === 'plane' ? { ...figure, charts: [...figure.charts, besideThePaper(of(measured)!)] } : figure];
  });
}

const plotted = 'a plot without numbers';
/** What each figure is called, what the paper's own shows, and what the case is measured against. */
const about: Readonly<Record<string, Pick<Figure, 'title' | 'caption'> & { readonly baseline: string }>> = {
  uniform: {
    title: '1D uniform: error and accuracy by lookup',
    caption:
      `The paper’s figure 2a (N=50, M=6; ${plotted}): its error lies below binary search’s up to the fifth lookup, slightly above it at the ` +
      'sixth, and below every ablation’s.',
    baseline: 'binary search',
  },
  hard: {
    title: '1D hard distribution',
    caption: `The paper’s figure 7 (N=16; ${plotted}): the learned structure’s error follows binary search’s closely.`,
    baseline: 'binary search',
  },
  plane: {
    title: '2D uniform',
    caption:
      `The paper’s figures 5 and 6 (N=50, M=5; ${plotted}): the learned structure is ahead of the k-d tree, and behind the ablation without ` +
      'permutation, which does not retain the inputs. The bars are of the last lookup, those of the paper at its own N and M.',
    baseline: 'k-d tree',
  },
  'plane-hard': {
    title: '2D hard distribution',
    caption: `The paper’s figure 10 (${plotted}): the learned structure roughly tracks the k-d tree.`,
    baseline: 'k-d tree',
  },
  sphere: {
    title: '30D sphere, N=8, one lookup',
    caption:
      'The paper draws no accuracy of this case, only how its query model divides the queries (figures 4b and 13).',
    baseline: 'SimHash',
  },
  'sphere-50': {
    title: '30D sphere, N=50, five lookups',
    caption:
      `The paper’s figure 4a (${plotted}): the adaptive structure is about as good as locality-sensitive hashing, the non-adaptive one ` +
      'slightly better.',
    baseline: 'SimHash',
  },
  zipf: {
    title: '1D Zipf',
    caption: 'Not in the workshop paper: data that crowds at one end.',
    baseline: 'binary search',
  },
};

const ablations = ['frozen', 'non-adaptive', 'no-permute'];

function runsOf(of: Find, name: string, baseline: string): Run[] {
  const whole = of(name)!;
  const ablated = ablations.flatMap((ablation) => {
    const measured = of(`${name} ${ablation}`);
    return measured ? [{ name: ablation, examinations: measured.seeds }] : [];
  });
  return [
    { name: 'learned', examinations: whole.seeds },
    ...ablated,
    { name: baseline, examinations: [whole.baseline] },
  ];
}

function byLookups(name: string, runs: readonly Run[]): Figure {
  const { title, caption } = about[name]!;
  const series = (value: (examination: Examination, lookup: number) => number): Series[] =>
    runs.map((run) => ({
      name: run.name,
      points: run.examinations[0]!.points.map((_, at) => [at + 1, mean(run.examinations.map((one) => value(one, at)))]),
    }));
  const error = series(({ facts }, at) => Math.max(facts[`error${at + 1}`]!, 1e-6));
  return {
    name: `lookups-${name}`,
    title,
    caption,
    charts: [
      lineChart('squared error', { x: 'lookups', y: 'squared error', logY: true }, error),
      lineChart(
        'accuracy',
        { x: 'lookups', y: 'accuracy', yRange: [0, 1] },
        series((one, at) => accuracies(one)[at]!),
      ),
    ],
  };
}

function besideThePaper(measured: Measured): Figure['charts'][number] {
  const { where, learned, tree } = published.plane;
  const last = (examinations: readonly Examination[]) => mean(examinations.map((one) => accuracies(one).at(-1)!));
  return barChart(
    'accuracy after the last lookup',
    { x: '', y: 'accuracy' },
    [`here, ${sizeOf(measured)}`, where],
    [
      { name: 'learned', values: [last(measured.seeds), learned] },
      { name: 'k-d tree', values: [last([measured.baseline]), tree] },
    ],
  );
}

import type { Examination } from '../../evaluate/learned/examination.ts';
import { type Figure, heatChart, lineChart, type Series } from '../figures.ts';
import { accuracies, type Measured, mean } from './measured.ts';

/** The paper's figures, from what was measured. */
export function figures(
  of: (name: string) => Measured | undefined,
  line: string,
  extra: readonly string[],
  interpolation: Examination,
): Figure[] {
  const whole = of(line)!;
  const named = (name: string, one: Measured): Run => ({ name, examinations: one.seeds });
  const binary: Run = { name: 'binary search', examinations: [whole.baseline] };
  const lineRuns = [
    named('learned', whole),
    ...['frozen', 'non-adaptive', 'no-permute'].map((name) => named(name, of(`${line} ${name}`)!)),
    binary,
    { name: 'interpolation search', examinations: [interpolation] },
  ];
  return [
    byLookups(
      'uniform',
      '1D uniform: error and accuracy by lookup',
      'Figure 2a: ahead of binary search and of every ablation.',
      lineRuns,
    ),
    lookupPositions(whole),
    ...(['hard', 'plane', 'sphere', 'zipf'] as const).map((name) => {
      const { title, caption, baseline } = about[name];
      const runs = [named('learned', of(name)!), { name: baseline, examinations: [of(name)!.baseline] }];
      return byLookups(name, title, caption, runs);
    }),
    permutation(of('plane')!),
    extraSpace(extra.map((name) => of(name)!)),
  ];
}

const about = {
  hard: { title: '1D hard distribution', caption: 'Figure 7: close to binary search.', baseline: 'binary search' },
  plane: { title: '2D uniform', caption: 'Figures 5 and 6: ahead of the k-d tree.', baseline: 'k-d tree' },
  sphere: { title: '30D sphere, one lookup', caption: 'Figure 4a: about as SimHash.', baseline: 'SimHash' },
  zipf: { title: '1D Zipf', caption: 'Adapts to data that crowds at one end.', baseline: 'binary search' },
} as const;

interface Run {
  readonly name: string;
  readonly examinations: readonly Examination[];
}

function byLookups(name: string, title: string, caption: string, runs: readonly Run[]): Figure {
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

/** Shares of each seed's, averaged; a seed that sorts downwards is turned around. */
function lookupPositions(measured: Measured): Figure {
  const of = ({ pictures }: Examination) => pictures!.lookups!;
  return {
    name: 'lookup-positions',
    title: 'Where each lookup lands',
    caption: 'Figure 2b: binary search begins in the middle, the learned structure where the query is likely to lie.',
    charts: [
      heatChart('learned, first seed', of(measured.seeds[0]!), { x: 'position', y: 'lookup' }),
      heatChart('binary search', of(measured.baseline), { x: 'position', y: 'lookup' }),
    ],
  };
}

function permutation(measured: Measured): Figure {
  const charts = (['apart1', 'apart2'] as const).flatMap((name, at) =>
    [
      { whose: 'learned, first seed', examination: measured.seeds[0]! },
      { whose: 'k-d tree in order', examination: measured.baseline },
    ].map(({ whose, examination }) =>
      heatChart(`${whose}: distance along coordinate ${at + 1}`, examination.pictures![name]!, {
        x: 'position',
        y: 'position',
      }),
    ),
  );
  return {
    name: 'permutation',
    title: 'What lies beside what: mean distance between stored points in the plane',
    caption: 'Figure 3: dark blocks are places whose points lie close together; compare with the k-d tree’s.',
    charts,
  };
}

function extraSpace(sweep: readonly Measured[]): Figure {
  const amount = ({ name }: Measured) => Number(name.replace('extra-', ''));
  const learned: Series['points'] = sweep.map((one) => [
    amount(one),
    mean(one.seeds.map((seed) => accuracies(seed).at(-1)!)),
  ]);
  const buckets: Series['points'] = sweep
    .filter((one) => amount(one) > 0)
    .map((one) => [amount(one), accuracies(one.baseline).at(-1)!]);
  return {
    name: 'extra-space',
    title: 'Extra space: accuracy after two lookups',
    caption: 'Figure 4c: more extra values help, and help more than as many buckets.',
    charts: [
      lineChart('accuracy by extra values', { x: 'extra values T', y: 'accuracy', yRange: [0, 1] }, [
        { name: 'learned', points: learned },
        { name: 'bucketing', points: buckets },
      ]),
    ],
  };
}

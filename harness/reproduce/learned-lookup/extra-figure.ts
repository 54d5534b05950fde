import { type Figure, lineChart, type Series } from '../figures.ts';
import { accuracies, type Measured, mean } from './measured.ts';
import { published } from './published.ts';

const axes = { x: 'extra values T', y: 'accuracy', yRange: [0, 1] } as const;

/** Accuracy by extra values, `sweep` by rising T, and the paper's own in a panel beside it: another N, and up to 128 values. */
export function extraFigure(sweep: readonly Measured[]): Figure {
  const points = sweep[0]!.seeds[0]!.pictures!.lookups![0]!.length;
  const amount = ({ name }: Measured) => Number(name.replace('extra-', ''));
  const learned: Series['points'] = sweep.map((one) => [
    amount(one),
    mean(one.seeds.map((seed) => accuracies(seed).at(-1)!)),
  ]);
  const buckets: Series['points'] = sweep
    .filter((one) => amount(one) > 0)
    .map((one) => [amount(one), accuracies(one.baseline).at(-1)!]);
  const panel = (label: string, [first, second]: readonly [Series['points'], Series['points']]) =>
    lineChart(`accuracy by extra values, ${label}`, axes, [
      { name: `learned, ${label}`, points: first },
      { name: `bucketing, ${label}`, points: second },
    ]);
  return {
    name: 'extra-space',
    title: 'Extra space: accuracy after two lookups',
    caption:
      'First what was seen here, then the numbers of the NeurIPS version. The workshop paper’s figure 4c (N=32, M=2; a plot without numbers) shows ' +
      'the error: it falls with T, and lies below bucketing’s.',
    charts: [
      panel(`here, N=${points}`, [learned, buckets]),
      panel('paper, N=50', [published.extraSpace.learned, published.extraSpace.bucketing]),
    ],
  };
}

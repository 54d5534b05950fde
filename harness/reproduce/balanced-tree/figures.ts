import { type Figure, lineChart, type Series } from '../figures.ts';
import type { Measured } from './measured.ts';
import { type Curves, candidatesAt, meanOf } from './ratios.ts';
import type { CycleCurves } from './trials.ts';

/** Recall against candidates, where it is worth looking. */
function curve(name: string, curves: Curves): Series {
  const points = meanOf(curves).filter(({ recall, cost }) => recall >= 0.5 && recall < 0.999 && cost > 0);
  return { name, points: points.map(({ recall, cost }) => [cost, recall] as const) };
}

export function figuresOf(measured: Measured, where: string, suffix: string): Figure[] {
  const { trees, cycles, inputCycles, warmCycles, four, either, weighed, kmeans, treeKmeans } = measured;
  const last = (byCycle: readonly CycleCurves[]) => byCycle.at(-1)!.curves;
  const progress = (name: string, byCycle: readonly CycleCurves[]): Series => ({
    name,
    points: byCycle.map(({ cycle, curves }) => [cycle, candidatesAt(curves, 0.9)] as const),
  });
  const ways = [
    curve(`T=${trees}, in two trees`, four),
    curve(`T=${trees}, in any`, either),
    curve(`T=${trees}, by log-probability`, weighed),
    curve('T=1', last(cycles)),
    curve('T=1, input order', last(inputCycles)),
    curve('T=1, warm start', last(warmCycles)),
    curve('k-means', kmeans),
    curve('k-means, two levels', treeKmeans),
  ];
  const axes = { x: 'vectors compared', y: 'recall@10', logX: true, yRange: [0.5, 1] as const };
  return [
    {
      name: `recall-${suffix}`,
      title: `Recall@10 against vectors compared: ${where}`,
      caption:
        'The paper’s figure has recall@10 against distance computations over M = 10 to 100 leaves (.954 at its end on Deep100M). Up and to the left is better; means over seeds.',
      charts: [lineChart(`Recall@10 against vectors compared, ${where}`, axes, ways)],
    },
    {
      name: `cycles-${suffix}`,
      title: `The alternation, cycle by cycle: ${where}`,
      caption: 'Vectors compared at recall .90 by one tree, after the classifier of each cycle; down is better.',
      charts: [
        lineChart(
          `Vectors compared at recall .90, by cycle, ${where}`,
          { x: 'cycle', y: 'vectors compared', logY: true },
          [
            progress('order by confidence', cycles),
            progress('input order', inputCycles),
            progress('warm start', warmCycles),
          ],
        ),
      ],
    },
  ];
}

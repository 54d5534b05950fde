import { type Examination, type MeanPoint, meanCurve } from '../../evaluate/learned/examination.ts';
import { type Figure, lineChart, type Series } from '../figures.ts';
import { type Baseline, baselines, type FullyMeasured } from './measured.ts';
import { tailCurve } from './ratios.ts';

/** Accuracies that a figure shows. */
const shown = { from: 0.5, to: 0.995 };

/** The paper's figures: 10-NN accuracy against candidates, mean and .95-quantile, a number of bins each. */
export function drawings(measured: readonly FullyMeasured[]): Figure[] {
  return measured.map((one) => ({
    name: one.name.replace('=', '-'),
    title: `${one.name}: 10-NN accuracy against candidates`,
    caption:
      "The paper's figures: the further to the left, the fewer vectors a query is compared with. Above the mean over queries, below the .95-quantile; mean over seeds. The paper has them for SIFT1M, GloVe and MNIST, Neural LSH ahead of all throughout.",
    charts: [
      chartOf(one, 'candidates, mean over queries', ({ points }) => meanCurve(points)),
      chartOf(one, 'candidates, .95-quantile over queries', tailCurve),
    ],
  }));
}

function chartOf(measured: FullyMeasured, x: string, curve: (examination: Examination) => readonly MeanPoint[]) {
  const series = (name: string, examinations: readonly Examination[]): Series => ({
    name,
    points: overSeeds(examinations.map(curve))
      .filter(({ recall }) => recall >= shown.from && recall <= shown.to)
      .map(({ cost, recall }) => [Math.round(cost), Number(recall.toFixed(4))]),
  });
  const others = Object.entries(measured.others) as [Baseline, readonly Examination[]][];
  return lineChart(`${measured.name}, ${x}`, { x, y: '10-NN accuracy', logX: true }, [
    series('Neural LSH', measured.net),
    series('k-means', measured.kmeans),
    series('without re-binning', measured.unmoved),
    series('tree of logistic regressions', measured.logistic),
    ...others.map(([name, examinations]) => series(baselines[name], examinations)),
  ]);
}

/** Effort by effort. */
function overSeeds(curves: readonly (readonly MeanPoint[])[]): MeanPoint[] {
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  return curves[0]!.map(({ effort }, at) => ({
    effort,
    recall: mean(curves.map((curve) => curve[at]!.recall)),
    cost: mean(curves.map((curve) => curve[at]!.cost)),
  }));
}

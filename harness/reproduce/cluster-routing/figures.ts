import { recalls } from '../../evaluate/cluster-routing/target.ts';
import { meanCurve } from '../../evaluate/learned/examination.ts';
import { costAt, costFrontier } from '../../evaluate/learned/log-ratio.ts';
import { barChart, type Figure, lineChart, type Series } from '../figures.ts';
import { type Measured, type Method, methods, saving } from './measure.ts';

/** Recall against vectors fetched, and what each method saves. */
export function figuresOf(measured: Measured): Figure[] {
  const label = 'recall@1 against vectors fetched';
  const others = methods.filter((method) => method !== 'k-means');
  const values = (method: Method) => recalls.map((recall) => 100 * saving(measured, method, 'k-means', recall).value);
  return [
    {
      name: 'recall-against-fetched',
      title: 'Recall@1 against vectors fetched from storage',
      caption:
        "The paper's main figure: further left is better. Lines are of the first seed. Copies count as often as they are fetched. Where the paper's saving on SIFT1M would lie is marked: its own curves are not in numbers.",
      charts: [
        lineChart(label, { x: 'vectors fetched', y: 'recall@1', logX: true, yRange: [0.6, 1] }, [
          ...series(measured),
          ...published(measured),
        ]),
      ],
    },
    {
      name: 'saved',
      title: 'Vectors saved against k-means probing',
      caption:
        'Per cent fewer at each recall, mean over seeds; below zero fetches more. The paper: 58 % at .90 on SIFT1M.',
      charts: [
        barChart(
          'per cent fewer vectors than k-means probing',
          { x: 'recall@1', y: '% fewer' },
          recalls.map(String),
          others.map((name) => ({ name, values: values(name) })),
        ),
      ],
    },
  ];
}

function series(measured: Measured): Series[] {
  return methods.map((name) => ({
    name,
    points: costFrontier(meanCurve(measured[name][0]!.points))
      .filter(({ recall }) => recall >= 0.6)
      .map(({ cost, recall }) => [cost, recall] as const),
  }));
}

/** What the paper saves, from k-means as it is here. */
function published(measured: Measured): Series[] {
  const cost = costAt(meanCurve(measured['k-means'][0]!.points), 0.9);
  if (Number.isNaN(cost)) return [];
  return [{ name: "the paper's 58 % fewer than k-means", points: [[(1 - 0.58) * cost, 0.9]] }];
}

import type { Examination } from '../../evaluate/learned/examination.ts';
import { barChart, type Figure, heatChart } from '../figures.ts';
import { scatterChart } from '../scatter-chart.ts';
import { type Find, type Measured, mean, sizeOf } from './measured.ts';
import { published } from './published.ts';

/** Pictures of what is stored where, and of what is read. Seeds find different structures, and a mean of them would be none: they show the first seed's. */
export function structureFigures(of: Find, line: string): Figure[] {
  return [
    sorted(of(line)!, of(`${line} frozen`)!),
    lookupPositions('lookup-positions', '1D uniform', figure2b, of(line)!),
    lookupPositions('lookup-positions-hard', '1D hard distribution', figure8, of('hard')!),
    ...['plane', 'plane-hard'].flatMap((name) => (of(name) ? [permutation(of(name)!)] : [])),
    separators(of('sphere')!),
  ];
}

function sorted(trained: Measured, frozen: Measured): Figure {
  const share = ({ seeds }: Measured) => mean(seeds.map(({ facts }) => facts.sorted!));
  const places = [`here, ${sizeOf(trained).split(',')[0]!}`, ...published.sorted.map(({ where }) => where)];
  return {
    name: 'sorted',
    title: '1D uniform: inputs in their sorted place',
    caption: 'The paper’s numbers are of section 4.1 and of its NeurIPS version, each at its own N.',
    charts: [
      barChart('share of inputs in their sorted place', { x: '', y: 'share' }, places, [
        { name: 'trained', values: [share(trained), ...published.sorted.map((one) => one.trained)] },
        { name: 'frozen', values: [share(frozen), ...published.sorted.map((one) => one.frozen)] },
      ]),
    ],
  };
}

const figure2b =
  'The paper’s figure 2b (a plot without numbers): binary search begins in the middle, the learned structure where the query is likely to lie. A seed ' +
  'may sort in either direction.';
const figure8 =
  'The paper’s figure 8 (a plot without numbers): first the middle, then about the 25th or 75th percentile, and so on, as binary search does.';

function lookupPositions(name: string, data: string, caption: string, measured: Measured): Figure {
  const of = ({ pictures }: Examination) => pictures!.lookups!;
  return {
    name,
    title: `${data}: where each lookup lands`,
    caption,
    charts: [
      heatChart('learned, first seed', of(measured.seeds[0]!), { x: 'position', y: 'lookup' }),
      heatChart('binary search', of(measured.baseline), { x: 'position', y: 'lookup' }),
    ],
  };
}

function permutation({ name, seeds, baseline }: Measured): Figure {
  const structures = [
    { whose: 'learned, first seed', pictures: seeds[0]!.pictures! },
    { whose: 'k-d tree in order', pictures: baseline.pictures! },
  ];
  const panels = [
    { label: 'distance along coordinate 1', of: (pictures: Pictures) => pictures.apart1! },
    { label: 'distance along coordinate 2', of: (pictures: Pictures) => pictures.apart2! },
    { label: 'distance along both, added', of: (pictures: Pictures) => added(pictures.apart1!, pictures.apart2!) },
  ];
  return {
    name: name === 'plane' ? 'permutation' : `permutation-${name}`,
    title: `${name === 'plane' ? '2D uniform' : '2D hard distribution'}: mean distance between stored points`,
    caption:
      'The paper’s figure 3, there with small distances light: dark blocks are places whose points lie close together. Learned structure and k-d tree ' +
      'look similar there, with the coordinates exchanged.',
    charts: panels.flatMap(({ label, of }) =>
      structures.map(({ whose, pictures }) =>
        heatChart(`${whose}: ${label}`, of(pictures), { x: 'position', y: 'position' }),
      ),
    ),
  };
}

type Pictures = NonNullable<Examination['pictures']>;
type Matrix = Pictures[string];

const added = (one: Matrix, other: Matrix): Matrix => one.map((row, i) => row.map((value, j) => value + other[i]![j]!));

/** A point takes some 250 bytes of the page, twice. */
const drawnQueries = 600;

function separators({ seeds }: Measured): Figure {
  const queries = seeds[0]!.pictures!.plane!.slice(0, drawnQueries);
  const positions = [...new Set(queries.map(([, , position]) => position!))].sort((a, b) => a - b);
  const groups = positions.map((position) => ({
    name: `position ${position + 1}`,
    points: queries.filter(([, , read]) => read === position).map(([x, y]) => [x!, y!] as const),
  }));
  return {
    name: 'separators',
    title: '30D sphere, N=8, one lookup: queries by the position that is read',
    caption:
      'The paper’s figures 4b and 13, left (plots without numbers): projected to the plane of the one-vs-rest classifiers’ two principal components, ' +
      'its queries fall into sectors, one a position. Strips along one axis mean that one projection decides. The first seed’s.',
    charts: [scatterChart('queries by the position read', { x: 'first component', y: 'second component' }, groups)],
  };
}

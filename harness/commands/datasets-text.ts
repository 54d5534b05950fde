import type { Inspection } from '../../datasets/inspect/inspect.ts';
import type { Histogram, NeighbourFacts } from '../../datasets/inspect/neighbours.ts';
import type { RowFacts } from '../../datasets/inspect/rows.ts';
import type { TruthCheck } from '../../datasets/library.ts';
import type { ListedDataset } from '../../datasets/list-datasets.ts';
import { probeCount, queryRange } from '../core/query-splits.ts';
import { edgeDigits } from '../record/report/nearest-chart.ts';
import { textTable } from '../record/text-table.ts';
import { megabytes } from './transfer-view.ts';

const barWidth = 40;

export function listText(datasets: readonly ListedDataset[]): string {
  const rows = datasets.map(({ name, state, metric, shape, bytes, from }) => [
    name,
    state,
    metric ?? '?',
    shape ? `${number(shape.count)} x ${shape.dimension}` : '?',
    shape ? number(shape.queries) : '?',
    state === 'to fetch' || state === 'begun' ? `~${megabytes(bytes)}` : megabytes(bytes),
    from,
  ]);
  const columns = [
    { title: 'name', align: 'left' },
    { title: 'state', align: 'left' },
    { title: 'metric', align: 'left' },
    { title: 'base', align: 'right' },
    { title: 'queries', align: 'right' },
    { title: 'size', align: 'right' },
    { title: 'from', align: 'left' },
  ] as const;
  return textTable(columns, rows).join('\n');
}

export function inspectionText(found: Inspection, check: TruthCheck | undefined): string {
  const { base, queries, duplicates, neighbours } = found;
  return [
    `${found.name}: ${number(base.count)} x ${base.dimension}, ${found.metric}, ${number(queries.count)} queries`,
    ...rowLines('base', base),
    ...rowLines('queries', queries),
    `duplicates   ${number(duplicates.base)} base rows and ${number(duplicates.queries)} queries equal an earlier one; ` +
      `${number(duplicates.queriesInBase)} queries are base rows, too`,
    ...(neighbours ? neighbourLines(neighbours) : [`distances    none: ${found.reason}`]),
    ...(check ? [`own truth    ${truthText(check)}`] : []),
    splitsText(queries.count),
    ...(found.hash ? [`hash         ${found.hash}`] : []),
  ].join('\n');
}

function rowLines(what: string, { norms, values, zeroRows, notFinite }: RowFacts): string[] {
  const label = what.padEnd(12);
  const first = notFinite.first;
  const bad = first
    ? [
        `${label} NOT FINITE: ${number(notFinite.values)} values in ${number(notFinite.rows)} rows, the first ${first.value} at row ${first.row}, column ${first.column}`,
      ]
    : [];
  const range = values ? `values ${figure(values.least)} to ${figure(values.greatest)}` : 'no finite value';
  const lengths = norms
    ? `, norms ${figure(norms.min)} / ${figure(norms.median)} / ${figure(norms.max)} (min / median / max)`
    : '';
  const zeros = zeroRows > 0 ? `, ${number(zeroRows)} rows all zeros` : '';
  return [`${label} ${range}${lengths}${zeros}`, ...bad];
}

function neighbourLines({ queries, k, lid, nearest, atZero, histogram }: NeighbourFacts): string[] {
  const dimension = lid
    ? `${lid.median.toFixed(1)} (10 % to 90 %: ${lid.p10.toFixed(1)} to ${lid.p90.toFixed(1)})`
    : 'not defined: all neighbours are equally far';
  const zero = atZero > 0 ? `, ${number(atZero)} at 0` : '';
  return [
    `intrinsic dimensionality, local, median of ${number(queries)} queries (maximum likelihood, k=${k}): ${dimension}`,
    `nearest row  ${figure(nearest.min)} / ${figure(nearest.median)} / ${figure(nearest.max)} (min / median / max)${zero}`,
    ...bars(histogram),
  ];
}

function bars({ edges, counts }: Histogram): string[] {
  const most = Math.max(...counts);
  const digits = edgeDigits(edges);
  const labels = counts.map((_, bin) => edges[bin]!.toFixed(digits));
  const width = Math.max(...labels.map((label) => label.length));
  return counts.map((count, bin) => {
    const bar = '█'.repeat(Math.round((barWidth * count) / most));
    return `  ${labels[bin]!.padStart(width)} ${bar.padEnd(barWidth)} ${number(count)}`;
  });
}

/** Which queries a campaign uses for what. */
export function splitsText(count: number): string {
  const place = (name: string, set: 'search' | 'promotion' | 'final') => {
    const range = queryRange(set, count);
    return `${name} ${number(range.from)} to ${number(range.from + range.count - 1)} (${number(probeCount(range))} find efforts)`;
  };
  if (count < 1000) return 'queries      too few for a campaign, which keeps three sets apart and wants 1,000';
  return `queries      ${[place('attempts', 'search'), place('promotions', 'promotion'), place('held out', 'final')].join(', ')}`;
}

export function truthText({ queries, k, agreeing, worst }: TruthCheck): string {
  const said = `neighbours that came along agree with ours for ${agreeing} of ${queries} queries (k=${k})`;
  if (!worst) return said;
  const excess = worst.excess > 1e6 ? 'not among ours at all' : `${(100 * worst.excess).toFixed(1)} % farther`;
  return `${said}; worst: query ${worst.query}, ${excess}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

/** Four digits. */
function figure(value: number): string {
  const text = value.toPrecision(4);
  return text.includes('e') ? text : String(Number(text));
}

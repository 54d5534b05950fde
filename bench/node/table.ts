import { availableParallelism, cpus } from 'node:os';
import { axisStyle, type Chart, chartSvg, palette } from '../../harness/record/report/chart.ts';
import type { Mean } from './measure.ts';

/** What came out for one contender; `curve` is of single queries. */
export interface NodeRow {
  readonly name: string;
  readonly detail: string;
  readonly buildSeconds: number;
  readonly effort: number;
  readonly recall: number;
  readonly oneQps: Mean;
  /** Microseconds. */
  readonly p50: Mean;
  readonly p99: Mean;
  readonly batchQps: Mean | null;
  readonly allCoresQps: Mean | null;
  /** Single queries a second, over those of the first contender in the same rounds; null for that one, and where it misses the recall. */
  readonly ratio: Mean | null;
  readonly curve: readonly { readonly recall: number; readonly qps: number }[];
}

export interface NodeResult {
  readonly dataset: string;
  readonly k: number;
  readonly target: number;
  readonly rounds: number;
  readonly queriesARound: number;
  /** Name of the contender that ratios are to; without a row where it misses the recall. */
  readonly first: string;
  /** Share of the time in which this process did not have a core. */
  readonly kept: number;
  readonly rows: readonly NodeRow[];
}

/** A table in Markdown, with what it takes to read it. */
export function nodeTable({ dataset, k, target, rounds, queriesARound, first, kept, rows }: NodeResult): string {
  const heads = [
    'library',
    'effort',
    `recall@${k}`,
    'one query: 1/s',
    'p50 µs',
    'p99 µs',
    'batch, 1 thread: 1/s',
    'batch, all cores: 1/s',
    'build s',
    'of the first',
  ];
  const lines = rows.map((row) => [
    row.name,
    String(row.effort),
    row.recall.toFixed(3),
    rate(row.oneQps),
    time(row.p50),
    time(row.p99),
    row.batchQps ? rate(row.batchQps) : 'none',
    row.allCoresQps ? rate(row.allCoresQps) : 'none',
    row.buildSeconds.toFixed(0),
    row.ratio
      ? `${row.ratio.value.toFixed(3)} [${row.ratio.low.toFixed(3)}, ${row.ratio.high.toFixed(3)}]`
      : row.name === first
        ? '1'
        : '-',
  ]);
  const table = [heads, heads.map((_, n) => (n === 0 ? '---' : '---:')), ...lines].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  return [
    `${dataset}, recall@${k} of ${target} at least on queries that are not timed; all in one Node ${process.version} process on ` +
      `${cpus()[0]?.model.trim() ?? 'an unknown processor'} (${availableParallelism()} threads).`,
    `Means of ${rounds} rounds of ${queriesARound} queries, which all answer in an order drawn anew, with 95 % intervals over rounds.`,
    `Single queries and batches of one thread are a second of processor time, latencies and batches on all cores by the clock, of which ` +
      `other processes had ${(100 * kept).toFixed(1)} %.`,
    '',
    ...table,
    '',
    ...rows.map((row) => `- ${row.name}: ${row.detail}`),
  ].join('\n');
}

function rate({ value, low, high }: Mean): string {
  return `${value.toFixed(0)} [${low.toFixed(0)}, ${high.toFixed(0)}]`;
}

function time({ value, low, high }: Mean): string {
  return `${value.toFixed(1)} [${low.toFixed(1)}, ${high.toFixed(1)}]`;
}

/** Single queries a second over recall, one line a library. */
export function nodePlot({ dataset, k, rows }: NodeResult): string {
  const looks = [
    [palette.champion, 'circle'],
    [palette.seed, 'rect'],
    [palette.failure, 'triangle'],
    [palette.ink, 'diamond'],
  ] as const;
  const recalls = rows.flatMap(({ curve }) => curve.map(({ recall }) => recall));
  const chart: Chart = {
    height: 400,
    label: `${dataset}: queries a second over recall@${k} in one Node process, ${rows.map(({ name }) => name).join(', ')}`,
    option: () => ({
      grid: { left: 76, right: 20, top: 44, bottom: 52 },
      legend: { top: 4, left: 'center', textStyle: { color: palette.ink, fontSize: 13 }, itemGap: 24 },
      xAxis: {
        ...axisStyle,
        type: 'value',
        name: `recall@${k}`,
        nameGap: 32,
        min: Math.floor(Math.min(...recalls) * 20) / 20,
        max: 1,
        interval: 0.05,
      },
      yAxis: { ...axisStyle, type: 'log', name: 'queries/s, one at a time (log scale)', nameGap: 56 },
      series: rows.map(({ name, curve }, at) => {
        const [color, symbol] = looks[at % looks.length]!;
        return {
          type: 'line' as const,
          name,
          data: curve.map(({ recall, qps }) => [recall, qps]),
          symbol,
          symbolSize: 7,
          color,
          lineStyle: { color, width: 2 },
        };
      }),
    }),
  };
  return chartSvg(chart);
}

import { type CurvePoint, heightOf } from '../../core/curve-point.ts';
import { isLearned, type Target } from '../../core/target.ts';
import { wordsOf } from '../../core/target-words.ts';
import { axisStyle, type Chart, palette } from './chart.ts';

export interface Curves {
  readonly target: Target;
  readonly seed: readonly CurvePoint[];
  /** Null while every slot keeps its seed. */
  readonly champion: readonly CurvePoint[] | null;
}

/** Queries a second, or what a query costs, over recall: of the seed index and of the champions together; the scored window is shaded. */
export function curvesChart({ target, seed, champion }: Curves): Chart {
  const all = [...seed, ...(champion ?? [])];
  const recalls = all.map((point) => point.recall);
  const { window, recall, height } = wordsOf(target);
  // The part of the curves worth looking at: below 0.7 nobody asks of a graph; of a learned index, a little below its window.
  const least = window ? (isLearned(target) ? window.low - 0.1 : 0.7) : 0;
  const left = Math.max(least, Math.floor((Math.min(window?.low ?? 1, ...recalls) - 0.01) * 20) / 20, 0);
  // Of what is left of it, points far below would only press the curves together.
  const shown = all.filter((point) => point.recall >= left - 0.05);
  const heights = (isLearned(target) && shown.length > 0 ? shown : all).map((point) =>
    Math.max(heightOf(point), Number.MIN_VALUE),
  );
  const ticks = logTicks(Math.min(...heights), Math.max(...heights));
  return {
    height: 400,
    label: isLearned(target)
      ? `${height.title} over ${recall}, seed and champion`
      : 'Queries per second over recall, seed and champion',
    option: (width) => ({
      grid: { left: width === 'wide' ? 76 : 58, right: 20, top: 44, bottom: 52 },
      legend: { top: 4, left: 'center', textStyle: { color: palette.ink, fontSize: 13 }, itemGap: 24 },
      xAxis: {
        ...axisStyle,
        type: 'value',
        name: recall,
        nameGap: 32,
        min: left,
        max: 1,
        interval: width === 'wide' ? 0.05 : 0.1,
      },
      yAxis: {
        ...axisStyle,
        type: 'log',
        name: width === 'wide' ? `${height.title} (log scale)` : '',
        nameGap: 56,
        min: ticks[0]!,
        max: ticks.at(-1)!,
        axisLabel: { ...axisStyle.axisLabel, customValues: ticks, formatter: (value: number) => compact(value) },
        axisTick: { ...axisStyle.axisTick, customValues: ticks },
      },
      series: [
        line('seed', seed, palette.seed, 'rect', {
          ...(window && {
            markArea: {
              silent: true,
              itemStyle: { color: palette.window },
              label: { color: palette.faint, fontSize: 12, position: 'insideBottom' },
              data: [[{ name: 'scored', xAxis: window.low }, { xAxis: window.high }]],
            },
          }),
        }),
        ...(champion ? [line('champion', champion, palette.champion, 'circle', {})] : []),
      ],
    }),
  };
}

function line(name: string, curve: readonly CurvePoint[], color: string, symbol: string, more: object) {
  const data = [...curve]
    .sort((one, other) => one.recall - other.recall)
    .map((point) => [point.recall, heightOf(point)]);
  return {
    type: 'line' as const,
    name,
    data,
    symbol,
    symbolSize: 7,
    clip: true,
    color,
    lineStyle: { width: 2.5, color },
    ...more,
  };
}

/** 1, 2 and 5 times each power of ten, from the last at or below the least to the first at or above the most. */
export function logTicks(least: number, most: number): number[] {
  const ticks: number[] = [];
  for (let power = 10 ** Math.floor(Math.log10(least)); power < most * 10; power *= 10)
    ticks.push(power, 2 * power, 5 * power);
  const first = ticks.findLastIndex((tick) => tick <= least);
  const last = ticks.findIndex((tick) => tick >= most && tick > ticks[first]!);
  return ticks.slice(first, last + 1);
}

function compact(value: number): string {
  return value >= 1e6 ? `${value / 1e6}M` : value >= 1000 ? `${value / 1000}k` : String(value);
}

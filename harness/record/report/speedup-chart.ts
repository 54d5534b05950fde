import type { Interval } from '../../core/outcome.ts';
import { axisStyle, type Chart, palette } from './chart.ts';

/** Each figure as a point with its interval, beside the seed's 1. */
export function speedupChart(figures: readonly { readonly name: string; readonly speedup: Interval }[]): Chart {
  const topDown = [...figures].reverse();
  const ends = figures.flatMap(({ speedup }) => [speedup.low, speedup.high]);
  const [least, most] = [Math.min(1, ...ends), Math.max(1, ...ends)];
  const margin = Math.max(0.02, (most - least) * 0.1);
  return {
    height: 82 + 44 * figures.length,
    label: `Speed-up over the seed: ${figures.map(({ name, speedup }) => `${name} ${speedup.value.toFixed(2)}`).join(', ')}`,
    option: (width) => ({
      grid: { left: 104, right: 28, top: 24, bottom: 52 },
      xAxis: {
        ...axisStyle,
        type: 'value',
        name: 'times the seed, with 95 % intervals',
        nameGap: 32,
        min: hundredths(least - margin, Math.floor),
        max: hundredths(most + margin, Math.ceil),
        splitNumber: width === 'wide' ? 8 : 3,
        axisLabel: {
          ...axisStyle.axisLabel,
          showMinLabel: false,
          showMaxLabel: false,
          formatter: (value: number) => `${Number(value.toFixed(2))}x`,
        },
      },
      yAxis: {
        ...axisStyle,
        type: 'category',
        data: topDown.map(({ name }) => name),
        axisTick: { show: false },
        axisLabel: { color: palette.ink, fontSize: 13 },
        splitLine: { show: false },
      },
      series: [
        ...topDown.map(({ speedup }, index) => ({
          type: 'line' as const,
          silent: true,
          symbol: 'none',
          lineStyle: { width: 3, color: palette.champion, cap: 'round' as const },
          data: [
            [speedup.low, index],
            [speedup.high, index],
          ],
        })),
        {
          type: 'scatter',
          symbolSize: width === 'wide' ? 12 : 8,
          itemStyle: { color: palette.champion, opacity: 1, borderColor: palette.paper, borderWidth: 1.5 },
          data: topDown.map(({ speedup }, index) => [speedup.value, index]),
          markLine: {
            silent: true,
            symbol: 'none',
            lineStyle: { color: palette.seed, type: 'dashed', width: 1.5 },
            label: { show: true, formatter: 'seed', position: 'end', color: palette.faint, fontSize: 12 },
            data: [{ xAxis: 1 }],
          },
        },
      ],
    }),
  };
}

function hundredths(value: number, round: (value: number) => number): number {
  return round(value * 100) / 100;
}

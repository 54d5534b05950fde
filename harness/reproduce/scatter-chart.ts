import { axisStyle, type Chart, palette } from '../record/report/chart.ts';
import { type Axes, colours, type Series } from './figures.ts';

/** Points in a plane, a colour each group. */
export function scatterChart(label: string, { x, y }: Pick<Axes, 'x' | 'y'>, groups: readonly Series[]): Chart {
  return {
    height: 460,
    label,
    option: () => ({
      grid: { left: 70, right: 24, top: 24 + 22 * Math.ceil(groups.length / 3), bottom: 52 },
      legend: { top: 2, textStyle: { color: palette.ink, fontSize: 12 }, itemGap: 16 },
      xAxis: { ...axisStyle, type: 'value', scale: true, name: x, nameGap: 32 },
      yAxis: { ...axisStyle, type: 'value', scale: true, name: y, nameGap: 50 },
      series: groups.map(({ name, points }, at) => ({
        type: 'scatter' as const,
        name,
        data: points.map(([first, second]) => [first, second]),
        symbolSize: 5,
        color: colours[at % colours.length]!,
      })),
    }),
  };
}

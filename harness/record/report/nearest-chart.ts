import { axisStyle, type Chart, palette } from './chart.ts';

/** Counts of distances from a query to its nearest row; `edges` has one more than `counts`. */
export function nearestChart({ edges, counts }: { edges: readonly number[]; counts: readonly number[] }): Chart {
  const digits = edgeDigits(edges);
  return {
    height: 260,
    label: `Distances to the nearest row, from ${edges[0]!.toFixed(digits)} to ${edges.at(-1)!.toFixed(digits)}`,
    option: (width) => ({
      grid: { left: 64, right: 20, top: 20, bottom: 52 },
      xAxis: {
        ...axisStyle,
        type: 'category',
        name: 'distance to the nearest row',
        nameGap: 32,
        data: counts.map((_, bin) => edges[bin]!.toFixed(digits)),
        axisLabel: { ...axisStyle.axisLabel, interval: width === 'wide' ? 1 : 4 },
        splitLine: { show: false },
      },
      yAxis: { ...axisStyle, type: 'value', name: 'queries', nameGap: 46 },
      series: [{ type: 'bar', barCategoryGap: '8%', itemStyle: { color: palette.champion }, data: [...counts] }],
    }),
  };
}

/** Decimal places that tell neighbouring edges apart. */
export function edgeDigits(edges: readonly number[]): number {
  const width = edges[1]! - edges[0]!;
  return width > 0 ? Math.max(0, Math.min(9, 1 - Math.floor(Math.log10(width)))) : 3;
}

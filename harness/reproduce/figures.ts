import { axisStyle, type Chart, palette } from '../record/report/chart.ts';
import { logTicks } from '../record/report/curves-chart.ts';

/** A picture of the paper's, drawn from what was measured here. */
export interface Figure {
  /** File name without its ending. */
  readonly name: string;
  readonly title: string;
  /** What the paper's own shows, and what to look for. */
  readonly caption: string;
  readonly charts: readonly Chart[];
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Told apart in print and by those who confuse colours: Okabe & Ito's, with dashes from the ninth on. */
export const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8a8f98', '#b0a010'];
const symbols = [
  'circle',
  'rect',
  'triangle',
  'diamond',
  'emptyCircle',
  'emptyRect',
  'emptyTriangle',
  'emptyDiamond',
  'roundRect',
  'arrow',
];

export interface Axes {
  readonly x: string;
  readonly y: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly yRange?: readonly [low: number, high: number];
}

/** Lines over a numeric axis, a colour and a mark each. */
export function lineChart(label: string, { x, y, logX, logY, yRange }: Axes, series: readonly Series[]): Chart {
  return {
    height: 400,
    label,
    option: () => ({
      grid: { left: 70, right: 24, top: 24 + 22 * Math.ceil(series.length / 3), bottom: 52 },
      legend: { top: 2, textStyle: { color: palette.ink, fontSize: 12 }, itemGap: 16 },
      xAxis: { ...scaleOf(logX, valuesOf(series, 0)), name: x, nameGap: 32 },
      yAxis: {
        ...scaleOf(logY, valuesOf(series, 1)),
        name: y,
        nameGap: 50,
        ...(yRange && { min: yRange[0], max: yRange[1] }),
      },
      series: series.map(({ name, points }, at) => ({
        type: 'line' as const,
        name,
        data: points.map(([first, second]) => [first, second]),
        symbol: symbols[at % symbols.length]!,
        symbolSize: 7,
        color: colours[at % colours.length]!,
        lineStyle: { width: 2, type: at < colours.length ? ('solid' as const) : ('dashed' as const) },
      })),
    }),
  };
}

function valuesOf(series: readonly Series[], coordinate: 0 | 1): number[] {
  return series.flatMap(({ points }) => points.map((point) => point[coordinate]));
}

/** An axis from the least to the most; a logarithmic one ends at 1, 2 or 5 times a power of ten and not at the power. */
function scaleOf(logarithmic: boolean | undefined, values: readonly number[]) {
  if (!logarithmic) return { ...axisStyle, type: 'value' as const, scale: true };
  const ticks = logTicks(Math.min(...values), Math.max(...values));
  return {
    ...axisStyle,
    type: 'log' as const,
    min: ticks[0]!,
    max: ticks.at(-1)!,
    // Powers of ten are not exact in binary: 0.00002 must not be told to twenty places.
    axisLabel: { ...axisStyle.axisLabel, customValues: ticks, formatter: (value: number) => short(value) },
    axisTick: { ...axisStyle.axisTick, customValues: ticks },
  };
}

function short(value: number): string {
  const exact = Number(value.toPrecision(3));
  return exact >= 1000 ? exact.toLocaleString('en-US') : exact < 1e-4 ? exact.toExponential(0) : String(exact);
}

/** Bars side by side in named places. */
export function barChart(
  label: string,
  { x, y }: Pick<Axes, 'x' | 'y'>,
  places: readonly string[],
  series: readonly { readonly name: string; readonly values: readonly number[] }[],
): Chart {
  return {
    height: 360,
    label,
    option: () => ({
      grid: { left: 70, right: 24, top: 46, bottom: 52 },
      legend: { top: 2, textStyle: { color: palette.ink, fontSize: 12 } },
      xAxis: { ...axisStyle, type: 'category', data: [...places], name: x, nameGap: 32 },
      yAxis: { ...axisStyle, type: 'value', name: y, nameGap: 50 },
      series: series.map(({ name, values }, at) => ({
        type: 'bar' as const,
        name,
        data: [...values],
        color: colours[at % colours.length]!,
      })),
    }),
  };
}

/** A matrix as a picture, row 0 at the top; dark is small. */
export function heatChart(
  label: string,
  matrix: readonly (readonly number[])[],
  axis: { readonly x: string; readonly y: string },
): Chart {
  const values = matrix.flat();
  return {
    height: 400,
    label,
    option: () => ({
      title: { text: label, left: 'center', textStyle: { fontSize: 13, fontWeight: 'normal', color: palette.ink } },
      grid: { left: 60, right: 90, top: 36, bottom: 48 },
      xAxis: {
        ...axisStyle,
        type: 'category',
        data: (matrix[0] ?? []).map((_, at) => String(at + 1)),
        name: axis.x,
        nameGap: 28,
      },
      yAxis: {
        ...axisStyle,
        type: 'category',
        inverse: true,
        data: matrix.map((_, at) => String(at + 1)),
        name: axis.y,
        nameGap: 36,
      },
      visualMap: {
        min: Math.min(...values),
        max: Math.max(...values),
        right: 4,
        top: 'middle',
        calculable: false,
        text: [Math.max(...values).toPrecision(2), Math.min(...values).toPrecision(2)],
        textStyle: { color: palette.faint },
        inRange: { color: ['#00204d', '#31446b', '#666970', '#958f78', '#cbba69', '#ffea46'] },
      },
      series: [{ type: 'heatmap' as const, data: matrix.flatMap((row, y) => row.map((value, x) => [x, y, value])) }],
    }),
  };
}

import { type EChartsOption, init } from 'echarts';
import { Html, html } from './html.ts';
import { style } from './style.ts';

/**
 * Stand-ins for the page's colours: ECharts wants literal ones, the page has them twice (light, dark). Each is replaced in the
 * finished SVG by the custom property of its name.
 */
export const palette = {
  ink: '#010101',
  faint: '#010102',
  grid: '#010103',
  seed: '#010104',
  champion: '#010105',
  window: '#010106',
  failure: '#010107',
  paper: '#010108',
} as const;

const widths = { wide: 860, narrow: 360 } as const;
export type ChartWidth = keyof typeof widths;

export interface Chart {
  readonly height: number;
  /** What the chart shows, for those who cannot see it. */
  readonly label: string;
  /** The same chart for a desk and for a phone, whose labels must stay readable. */
  readonly option: (width: ChartWidth) => EChartsOption;
}

/** Both sizes of a chart as inline SVG, of which the page's style shows one. */
export function chartHtml(chart: Chart): Html {
  return html`<div class="chart">${(['wide', 'narrow'] as const).map((width) => new Html(svg(chart, width)))}</div>`;
}

/** The wide size of a chart as a file of its own: the light page's colours on its paper, wherever the file is shown. */
export function chartSvg(chart: Chart): string {
  const light = new Map(
    [...style.split('@media')[0]!.matchAll(/--([\w-]+): (#[0-9a-f]+)/g)].map(([, name, colour]) => [name!, colour!]),
  );
  const drawn = svg(chart, 'wide').replace(/var\(--([\w-]+)\)/g, (text, name: string) => light.get(name) ?? text);
  return drawn
    .replace('fill="none"', `fill="${light.get('paper')}"`)
    .replaceAll('font-family:inherit', 'font-family:sans-serif');
}

function svg({ height, label, option }: Chart, width: ChartWidth): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: widths[width], height });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: 'inherit', fontSize: 13, color: palette.ink },
      ...option(width),
    });
    const attributes = `class="${width}" role="img" aria-label="${label.replace(/[&<>"]/g, ' ')}"`;
    return themed(chart.renderToSVGString()).replace(/^<svg width="\d+" height="\d+"/, `<svg ${attributes}`);
  } finally {
    chart.dispose();
  }
}

function themed(text: string): string {
  const byColour = new Map<string, string>(Object.entries(palette).map(([name, colour]) => [colour, `var(--${name})`]));
  return text.replace(/#01010[0-9a-f]/g, (colour) => byColour.get(colour) ?? colour);
}

/** Axis looks that every chart shares. */
export const axisStyle = {
  nameLocation: 'middle',
  nameTextStyle: { color: palette.faint, fontSize: 13 },
  axisLabel: { color: palette.faint, fontSize: 12 },
  axisLine: { show: true, lineStyle: { color: palette.faint } },
  axisTick: { lineStyle: { color: palette.faint } },
  splitLine: { lineStyle: { color: palette.grid } },
  minorSplitLine: { show: false },
} as const;

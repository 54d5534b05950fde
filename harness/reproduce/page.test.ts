import { expect, it } from 'vitest';
import { chartSvg } from '../record/report/chart.ts';
import { claimOf } from './claim.ts';
import { barChart, heatChart, lineChart } from './figures.ts';
import { reproductionPage } from './page.ts';
import { scatterChart } from './scatter-chart.ts';

const lines = lineChart('recall over candidates', { x: 'candidates', y: 'accuracy', logX: true }, [
  {
    name: 'k-means',
    points: [
      [100, 0.5],
      [200, 0.8],
    ],
  },
  {
    name: 'MLP',
    points: [
      [100, 0.6],
      [200, 0.9],
    ],
  },
]);

it('shows each claim with what was seen, and the figures, as text that no name can break', () => {
  const page = reproductionPage({
    target: 'neural-lsh',
    preset: 'small',
    seeds: [1, 2],
    dataset: '<b>mnist</b>',
    machine: 'a processor',
    seconds: 3,
    notes: ['m=256 was not tried'],
    figures: [{ name: 'recall', title: 'Recall', caption: 'Figure 2', charts: [lines] }],
    claims: [
      claimOf(
        { claim: 'beats k-means', paper: 'Figure 2', note: 'ratio' },
        { value: 0.9, low: 0.88, high: 0.92 },
        { below: 1 },
      ),
    ],
  });
  expect(page).toContain('0.900 [0.880, 0.920]');
  expect(page).toContain('&lt;b&gt;mnist');
  expect(page).toContain('<svg');
  expect(page).not.toMatch(/(src|href)="https?:/);
});

it('draws each kind of figure as a file of its own, in literal colours', () => {
  const charts = [
    lines,
    barChart('extra space', { x: 'T', y: 'accuracy' }, ['2', '4'], [{ name: 'learned', values: [0.4, 0.6] }]),
    heatChart(
      'distances',
      [
        [0, 1],
        [1, 0],
      ],
      { x: 'place', y: 'place' },
    ),
    scatterChart('queries', { x: 'first', y: 'second' }, [{ name: 'position 1', points: [[0, 1]] }]),
  ];
  for (const chart of charts) {
    const svg = chartSvg(chart);
    const attributes = [.../^<svg ([^>]*)>/.exec(svg)![1]!.matchAll(/([\w:-]+)="/g)].map(([, name]) => name);
    expect(attributes).toContain('xmlns');
    expect(new Set(attributes).size, 'an attribute twice is no XML').toBe(attributes.length);
    expect(svg).toMatch(/^<svg [^>]*>\s*<rect width="\d+" height="\d+" x="0" y="0" fill="#[0-9a-f]{6}">/);
    expect(svg).not.toContain('var(--');
  }
});

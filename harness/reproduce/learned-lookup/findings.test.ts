import { describe, expect, it } from 'vitest';
import type { Examination } from '../../evaluate/learned/examination.ts';
import { chartSvg } from '../../record/report/chart.ts';
import { claims } from './claims.ts';
import { figures } from './figures.ts';
import { changesOf } from './headers.ts';
import type { Measured } from './measured.ts';
import { notesOf } from './reproduction.ts';

const square = [
  [0, 1],
  [1, 0],
];

/** An examination that reaches these accuracies, one a lookup, in both of its chunks. */
function examination(accuracies: readonly number[], facts: Record<string, number> = {}): Examination {
  const errors = accuracies.map((accuracy, at) => [`error${at + 1}`, 1 - accuracy] as const);
  return {
    kind: 'examined',
    points: accuracies.map((accuracy, at) => ({
      effort: at + 1,
      recall: [accuracy, accuracy],
      cost: [at + 1, at + 1],
      cost95: at + 1,
    })),
    facts: {
      sorted: 1,
      retained: 1,
      firstFollowsQuery: 0.9,
      component1: 0.9,
      component2: 0.08,
      ...Object.fromEntries(errors),
      ...facts,
    },
    pictures: {
      lookups: square,
      apart1: square,
      apart2: square,
      plane: [
        [0.1, 0.2, 0],
        [0.3, -0.1, 1],
      ],
    },
  };
}

const measured = (
  name: string,
  seeds: readonly (readonly number[])[],
  baseline: readonly number[],
  facts = {},
): Measured => ({
  name,
  seeds: seeds.map((accuracies) => examination(accuracies, facts)),
  baseline: examination(baseline),
});

const learned = [
  [0.2, 0.5, 0.8],
  [0.21, 0.52, 0.79],
  [0.19, 0.51, 0.81],
];
const worse = learned.map((seed) => seed.map((accuracy) => accuracy - 0.1));
const binary = [0.1, 0.3, 0.9];
const cases = { line: 'uniform-16', extra: ['extra-0', 'extra-4', 'extra-8'], rows: [] };
const interpolation = examination([0.3, 0.7, 0.9]);
const all = [
  measured('uniform-16', learned, binary),
  measured('uniform-32', learned, binary),
  measured('uniform-16 frozen', worse, binary, { sorted: 0.3 }),
  measured('uniform-16 non-adaptive', worse, binary),
  measured('uniform-16 no-permute', worse, binary, { retained: 0.2 }),
  measured('hard', learned, binary),
  measured('plane', learned, [0.1, 0.3, 0.5]),
  measured('sphere', [[0.3], [0.31], [0.29]], [0.3]),
  measured('zipf', learned, binary),
  ...cases.extra.map((name, at) =>
    measured(
      name,
      [
        [0.2, 0.5 + at / 10],
        [0.2, 0.51 + at / 10],
      ],
      [0.1, 0.1 + at / 10],
    ),
  ),
];
const of = (name: string) => all.find((one) => one.name === name);
/** What the paper's preset has besides. */
const further = [
  measured('plane no-permute', learned, binary, { retained: 0.2, error3: 0.01 }),
  measured('plane-hard', learned, [0.2, 0.5, 0.8]),
  measured('sphere-50', worse, [0.05, 0.4, 0.65]),
  measured('sphere-50 non-adaptive', learned, [0.05, 0.4, 0.65]),
];
const ofPaper = (name: string) => further.find((one) => one.name === name) ?? of(name);
const shown = (found: ReturnType<typeof claims>) => Object.fromEntries(found.map((one) => [one.claim, one.shown]));

describe('what is said of learned lookups', () => {
  it('holds where all seeds bear it out', () => {
    expect(new Set(Object.values(shown(claims(ofPaper, cases, interpolation))))).toEqual(new Set(['yes']));
  });

  it('is left open where a scale does not have the case', () => {
    const open = claims(of, cases, interpolation).filter((one) => one.shown !== 'yes');
    expect(open.map(({ claim, seen, shown: left }) => [claim, seen, left])).toEqual(
      ['2D uniform: better', '2D uniform: without', '2D hard', '30D sphere, N=50', '30D sphere, N=50'].map((part) => [
        expect.stringContaining(part),
        null,
        'not at this scale',
      ]),
    );
  });

  it('is not as good as hashing where it is further behind than a fiftieth', () => {
    const rows = measured('rows-16', learned, [0.1, 0.3, 0.9]);
    const said = claims(
      (name) => (name === 'rows-16' ? rows : of(name)),
      { ...cases, rows: ['rows-16'] },
      interpolation,
    );
    expect(said.find(({ claim }) => claim.startsWith('rows'))).toMatchObject({ shown: 'no' });
  });

  it('does not hold where a lookup before the last is behind, points are out of place, or extra values do not help', () => {
    const poor = new Map([
      ['uniform-16', measured('uniform-16', learned, [0.1, 0.6, 0.9], { sorted: 0.98 })],
      [
        'extra-8',
        measured(
          'extra-8',
          [
            [0.2, 0.55],
            [0.2, 0.6],
          ],
          [0.1, 0.8],
        ),
      ],
      ['uniform-16 no-permute', measured('uniform-16 no-permute', learned, binary, { retained: 0.99 })],
    ]);
    const said = claims((name) => poor.get(name) ?? of(name), cases, interpolation);
    const missed = [
      'learns to sort',
      'ahead of binary search',
      'not retained',
      'worse without permutation',
      'falls with every step',
      'fewer queries miss',
      'ahead of bucketing',
    ];
    const no = said.filter((one) => one.shown === 'no').map((one) => one.claim);
    expect(no).toEqual(missed.map((part) => expect.stringContaining(part)));
  });

  it('says how it was trained at each scale', () => {
    expect(notesOf('small').join('\n')).toMatch(/log of the answer’s share.*plane, sphere.*at \.8/);
    const paper = notesOf('paper').join('\n');
    expect(paper).toContain('squared error, one learning rate');
    expect(paper).toMatch(/no training stops early.*written by an MLP/);
    expect(paper).not.toMatch(/answer’s share|logarithm/);
  });

  it('is trained by appendix A at the scale of the paper: noise comes late in one dimension alone', () => {
    const noise = (name: string, dimension: number) => changesOf('paper', name, dimension)['query-model']!.noise;
    expect(noise('uniform-50', 1)).toBe('last-then-all');
    expect(noise('plane no-permute', 2)).toBe('all');
    expect(noise('sphere-50', 30)).toBe('all');
  });

  it('is drawn as the paper draws it', () => {
    const drawn = figures(ofPaper, cases, interpolation);
    expect(drawn.map(({ name }) => name)).toEqual([
      'lookups-uniform',
      'lookups-hard',
      'lookups-plane',
      'lookups-plane-hard',
      'lookups-sphere',
      'lookups-sphere-50',
      'lookups-zipf',
      'sorted',
      'lookup-positions',
      'lookup-positions-hard',
      'permutation',
      'permutation-plane-hard',
      'separators',
      'extra-space',
    ]);
    for (const { charts } of drawn) for (const chart of charts) expect(chartSvg(chart)).toContain('<svg');
    expect(drawn.filter(({ caption }) => caption.includes('figure 4a')).map(({ name }) => name)).toEqual([
      'lookups-sphere-50',
    ]);
  });
});

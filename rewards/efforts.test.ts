import { describe, expect, test } from 'vitest';
import { seededRandom } from '../harness/core/random.ts';
import { type EffortLimits, type EffortStep, nextEffort } from './efforts.ts';
import type { Probe } from './probes.ts';

const limits: EffortLimits = { min: 1, max: 8192 };
type Curve = (effort: number) => number;

/** Recall curves as indexes have them; `c` is about the effort of the window's middle. */
const shapes: Record<string, (c: number) => Curve> = {
  'logistic in log effort': (c) => (effort) => 1 / (1 + (effort / c) ** -1.3 / 9),
  steep: (c) => (effort) => 1 / (1 + (effort / c) ** -3 / 9),
  slow: (c) => (effort) => 1 / (1 + (effort / c) ** -0.8 / 9),
  'exponential in the root': (c) => (effort) => 1 - Math.exp(-2.3 * Math.sqrt(effort / c)),
  'saturating at 0.97': (c) => (effort) => 0.97 - 0.07 * (effort / c) ** -1.2 - 0.2 * Math.exp((-8 * effort) / c),
};

/** Runs the search to its end. @returns its last step and what it probed */
function search(
  curve: Curve,
  { noise = 0, tried = [] as number[], name = 'search' } = {},
): { end: EffortStep; probes: Probe[] } {
  const random = seededRandom(name);
  const probes: Probe[] = tried.map((effort) => ({ effort, recall: curve(effort) }));
  for (;;) {
    const step = nextEffort(probes, undefined, limits);
    if (step.kind !== 'try') return { end: step, probes };
    expect(Number.isInteger(step.effort)).toBe(true);
    expect(step.effort).toBeGreaterThanOrEqual(limits.min);
    expect(step.effort).toBeLessThanOrEqual(limits.max);
    expect(probes.map(({ effort }) => effort)).not.toContain(step.effort);
    const triangular = random() + random() - 1;
    const recall = Math.max(0, Math.min(1, curve(step.effort) + 2.4 * noise * triangular));
    probes.push({ effort: step.effort, recall });
    if (probes.length > 25) throw new Error('does not end');
  }
}

function gridOf(end: EffortStep): readonly number[] {
  if (end.kind !== 'done') throw new Error(`ended ${end.kind}`);
  return end.grid;
}

describe.each(Object.entries(shapes))('%s', (name, shape) => {
  const middles = [3, 8, 25, 60, 200, 900];

  test.each(middles)('covers the window around effort %d in at most 12 probes', (middle) => {
    const curve = shape(middle);
    const { end, probes } = search(curve);
    const grid = gridOf(end);
    expect(probes.length).toBeLessThanOrEqual(12);
    expect(grid).toEqual([...new Set(grid)].sort((a, b) => a - b));
    expect(grid.length).toBeLessThanOrEqual(6);
    expect(grid[0] === 1 || curve(grid[0]!) <= 0.85).toBe(true);
    expect(curve(grid.at(-1)!)).toBeGreaterThanOrEqual(0.95);
    for (const target of [0.85, 0.875, 0.9, 0.925, 0.95]) {
      const [near, below] = [grid.map(curve), Math.floor(inverse(curve, target))];
      const tolerance = Math.max(0.016, curve(below + 1) - curve(below));
      if (below >= 1) expect(Math.min(...near.map((recall) => Math.abs(recall - target)))).toBeLessThan(tolerance);
    }
  });

  test('still ends and still reaches the window with noisy probes', () => {
    for (const middle of middles) {
      for (let run = 0; run < 20; run++) {
        const { end, probes } = search(shape(middle), { noise: 0.003, name: `${name} ${middle} ${run}` });
        expect(probes.length).toBeLessThanOrEqual(14);
        expect(shape(middle)(gridOf(end).at(-1)!)).toBeGreaterThan(0.948);
      }
    }
  });
});

function inverse(curve: Curve, recall: number): number {
  let effort = 1;
  while (curve(effort) < recall) effort += 1;
  return curve(1) >= recall ? 0 : effort - 1;
}

test('where the efforts of a like index were tried already, they are the grid', () => {
  const curve = shapes['logistic in log effort']!(300);
  const grid = [...gridOf(search(curve).end)];
  const again = search(curve, { tried: grid });
  expect(again.probes).toHaveLength(grid.length);
  expect(gridOf(again.end)).toEqual(grid);
});

test('efforts tried that do not fit do no harm', () => {
  const curve = shapes['logistic in log effort']!(300);
  for (const tried of [[1, 2], [4000, 8000], [8192]]) {
    expect(curve(gridOf(search(curve, { tried }).end).at(-1)!)).toBeGreaterThanOrEqual(0.95);
  }
});

test('says short when the greatest effort allowed does not reach the window, within a few probes', () => {
  const { end, probes } = search(() => 0.9);
  expect(end).toEqual({ kind: 'short', best: 0.9 });
  expect(probes.length).toBeLessThanOrEqual(6);
});

test('accepts the bare window end at the greatest effort, where no margin can be had', () => {
  const { end } = search((effort) => (effort === limits.max ? 0.9505 : 0.7 + (0.24 * effort) / limits.max));
  expect(gridOf(end).at(-1)).toBe(limits.max);
});

test('an index that is perfect at the least effort needs that effort alone', () => {
  expect(gridOf(search(() => 1).end)).toEqual([1]);
});

test('guards a top effort that clears the window narrowly with one above it', () => {
  const measured = [
    { effort: 20, recall: 0.845 },
    { effort: 26, recall: 0.875 },
    { effort: 34, recall: 0.901 },
    { effort: 48, recall: 0.926 },
    { effort: 70, recall: 0.953 },
  ];
  expect(nextEffort(measured)).toEqual({ kind: 'done', grid: [20, 26, 34, 48, 70, 84] });
});

test('starts at 16, and within other limits', () => {
  expect(nextEffort([])).toEqual({ kind: 'try', effort: 16 });
  expect(nextEffort([], undefined, { min: 1, max: 8 })).toEqual({ kind: 'try', effort: 8 });
});

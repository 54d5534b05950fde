import { describe, expect, it } from 'vitest';
import { candidatesAt, ratio, worstStep } from './ratios.ts';

/** A curve that needs `scale` times as many candidates as the first one at each recall. */
const curve = (scale: number) =>
  [0.5, 0.7, 0.8, 0.9, 0.95, 1].map((recall, effort) => ({ effort, recall, cost: scale * 100 * 2 ** effort }));

describe('ratios of curves', () => {
  it('compare seed by seed, geometrically', () => {
    const { value, low, high } = ratio([curve(2), curve(8)], [curve(1), curve(1)]);
    expect(value).toBeCloseTo(4);
    expect(low).toBeLessThan(2);
    expect(high).toBeGreaterThan(8);
    expect(ratio([curve(0.5), curve(1.5)], [curve(1), curve(3)])).toMatchObject({ value: expect.closeTo(0.5) });
  });

  it('find the worst step of an alternation, with the cycle it led to', () => {
    const cycles = [8, 4, 2, 2.2, 1].map((scale, cycle) => ({ cycle, curves: [curve(scale), curve(scale * 1.1)] }));
    expect(worstStep(cycles)).toMatchObject({ cycle: 3, seen: { value: expect.closeTo(1.1) } });
  });

  it('read candidates at a recall', () => {
    expect(candidatesAt([curve(1), curve(4)], 0.9)).toBeCloseTo(1600);
  });
});

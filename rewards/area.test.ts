import { expect, test } from 'vitest';
import { windowArea } from './area.ts';

const point = (recall: number, qps: number) => ({ effort: 1, recall, qps });

test('of one exponential is its closed form', () => {
  const qps = (recall: number) => 1000 * Math.exp(-8 * recall);
  const curve = [0.8, 0.87, 0.9, 0.97].map((recall) => point(recall, qps(recall)));
  const exact = (qps(0.85) - qps(0.95)) / 8 / 0.1;
  expect(windowArea(curve)).toEqual({ kind: 'whole', area: expect.closeTo(exact, 10) });
});

test('agrees with a fine Riemann sum over several segments', () => {
  const curve = [point(0.8, 900), point(0.88, 700), point(0.91, 300), point(0.96, 200)];
  const steps = 20000;
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    const recall = 0.85 + (0.1 * (step + 0.5)) / steps;
    const right = curve.findIndex((p) => p.recall >= recall);
    const [a, b] = [curve[right - 1]!, curve[right]!];
    sum += (a.qps * (b.qps / a.qps) ** ((recall - a.recall) / (b.recall - a.recall))) / steps;
  }
  expect(windowArea(curve)).toEqual({ kind: 'whole', area: expect.closeTo(sum, 4) });
});

test('stays exact where qps are nearly equal', () => {
  const curve = [point(0.8, 1000), point(0.99, 1000 * (1 - 1e-15))];
  expect(windowArea(curve)).toEqual({ kind: 'whole', area: expect.closeTo(1000, 9) });
});

test('extends a frontier that starts inside the window flat to the left', () => {
  expect(windowArea([point(0.9, 400), point(0.95, 400 - 1e-9)])).toEqual({ kind: 'whole', area: expect.closeTo(400) });
  expect(windowArea([point(0.97, 400)])).toEqual({ kind: 'whole', area: expect.closeTo(400) });
});

test('counts the part that was reached of a curve that ends too soon', () => {
  expect(windowArea([point(0.9, 400)])).toEqual({ kind: 'short', best: 0.9, partial: expect.closeTo(200) });
  expect(windowArea([point(0.8, 400)])).toEqual({ kind: 'short', best: 0.8, partial: 0 });
  expect(windowArea([])).toEqual({ kind: 'short', best: 0, partial: 0 });
});

test('scales with qps and never falls when a point is added to the frontier above the curve', () => {
  const curve = [point(0.85, 500), point(0.95, 100)];
  const area = (points: typeof curve) => {
    const result = windowArea(points);
    return result.kind === 'whole' ? result.area : Number.NaN;
  };
  expect(area(curve.map((p) => ({ ...p, qps: 3 * p.qps })))).toBeCloseTo(3 * area(curve));
  expect(area([...curve, point(0.9, 300)])).toBeGreaterThan(area(curve));
  expect(area([...curve, point(0.84, 400)])).toBe(area(curve));
});

test('takes another window', () => {
  expect(windowArea([point(0.6, 10)], { low: 0.4, high: 0.6 })).toEqual({ kind: 'whole', area: expect.closeTo(10) });
});

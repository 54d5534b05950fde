import { join } from 'node:path';
import { expect, it } from 'vitest';
import { windowArea } from '../../rewards/area.ts';
import { ratioInterval } from '../../rewards/estimate.ts';
import { studentT } from '../../rewards/student-t.ts';
import { twoWayError } from '../../rewards/two-way.ts';
import { packageRoot } from '../core/paths.ts';
import { seededRandom } from '../core/random.ts';

/** What a package brings along to measure its claim again agrees with what the campaign measured it by. */
const own = await import(join(packageRoot, 'candidates', 'package', 'verify', 'statistics.mjs'));
const verdict = await import(join(packageRoot, 'candidates', 'package', 'verify', 'verdict.mjs'));
const random = seededRandom('verify-statistics');

it('takes the same areas under curves', () => {
  for (let trial = 0; trial < 50; trial++) {
    const points = Array.from({ length: 6 }, (_, n) => {
      const recall = 0.8 + 0.03 * n + 0.03 * random();
      return { effort: n + 1, recall, qps: 1e5 * Math.exp(-8 * (recall - 0.8)) * (0.9 + 0.2 * random()) };
    });
    const expected = windowArea(points);
    const area = expected.kind === 'whole' ? expected.area : expected.partial;
    expect(own.windowArea(points, { low: 0.85, high: 0.95 })).toBeCloseTo(area, 6);
  }
});

it('takes the same intervals of a ratio', () => {
  const [rounds, chunks] = [6, 20];
  const cells = Array.from({ length: rounds * chunks }, (_, n) => 0.2 + 0.01 * Math.sin(n % chunks) + 0.02 * random());
  const statistic = ({ round, chunk }: { round?: number; chunk?: number }) => {
    const kept = cells.filter((_, cell) => {
      const [inRound, inChunk] = [Math.floor(cell / chunks) === round, cell % chunks === chunk];
      return !(round !== undefined && chunk !== undefined ? inRound && inChunk : inRound || inChunk);
    });
    return kept.reduce((sum, one) => sum + one, 0) / kept.length;
  };
  const { standardError, degrees } = twoWayError({ rounds, chunks }, statistic, undefined);
  const expected = ratioInterval({ value: statistic({}), standardError, degrees });
  const found = own.ratioInterval({ rounds, chunks }, statistic);
  for (const end of ['value', 'low', 'high'] as const) expect(found[end]).toBeCloseTo(expected[end], 3);
});

it("knows Student's quantiles", () => {
  for (const degrees of [1, 2, 5, 10, 11, 19, 40, 200]) expect(own.studentT(degrees)).toBeCloseTo(studentT(degrees), 2);
});

it('holds a claim to its interval, and to what another process and processor may change', () => {
  const claim = { speedup: { value: 2, low: 1.9, high: 2.1 }, curve: [{ effort: 10, recall: 0.9, qps: 1 }] };
  const ratio = (value: number) => ({ value, low: value - 0.02, high: value + 0.02 });
  expect(verdict.ratioFault(claim, ratio(1.95), true)).toBeNull();
  expect(verdict.ratioFault(claim, ratio(1.72), true)).toBeNull();
  expect(verdict.ratioFault(claim, ratio(1.6), true)).toContain('1.600 [1.580, 1.620] times the seed, 2.000');
  expect(verdict.ratioFault(claim, ratio(1.6), false)).toBeNull();
  expect(verdict.ratioFault(claim, ratio(1.2), false)).not.toBeNull();
  expect(verdict.ratioFault({ ...claim, speedup: null }, ratio(0.1), true)).toBeNull();
  expect(verdict.ratioFault({ ...claim, mode: 'single' }, ratio(1.2), true)).not.toBeNull();
  expect(verdict.ratioFault({ ...claim, mode: 'throughput' }, ratio(1.2), true)).toBeNull();
  const at = (recall: number) => [{ effort: 10, recall: ratio(recall) }];
  expect(verdict.recallFaults(claim, at(0.88))).toEqual([]);
  expect(verdict.recallFaults(claim, at(0.95))).toEqual([]);
  expect(verdict.recallFaults(claim, at(0.86))).toHaveLength(1);
});

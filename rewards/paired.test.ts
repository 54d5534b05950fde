import { expect, test } from 'vitest';
import { HarnessError } from '../harness/core/errors.ts';
import type { Interval, TimedPoint } from '../harness/core/outcome.ts';
import { seededRandom } from '../harness/core/random.ts';
import { ratioInterval } from './estimate.ts';
import { type Comparison, compareAreas, type PairedBlock, type Round } from './paired.ts';
import { quiet, type SimulatedNoise, simulatedRun } from './testing/simulated-run.ts';

function compared(comparison: Comparison): Extract<Comparison, { kind: 'compared' }> & { speedup: Interval } {
  if (comparison.kind !== 'compared') throw new Error(`short: ${comparison.side} ends at ${comparison.best}`);
  return { ...comparison, speedup: ratioInterval(comparison.logRatio) };
}

function eachBlock(
  rounds: readonly Round[],
  change: (block: PairedBlock, round: number, chunk: number) => PairedBlock,
) {
  return rounds.map((round, number) => round.map((block, chunk) => change(block, number, chunk)));
}

test.each([
  ['timing noise alone', 8, { timing: 0.06 }],
  ['readings hit by a neighbour', 8, { timing: 0.05, outliers: 0.05 }],
  ['processes that lie differently', 8, { timing: 0.05, placement: 0.01 }],
  ['differing answers', 8, { timing: 0.03, answers: 2000 }],
  ['all of it, and a machine that drifts', 4, { timing: 0.05, placement: 0.005, drift: 0.1, answers: 2000 }],
])('95 %% intervals of A/A runs hold 1 in 91 to 99 %% of them: %s', (name, rounds, noise) => {
  const random = seededRandom('coverage', name);
  const runs = 250;
  let covered = 0;
  for (let run = 0; run < runs; run++) {
    const { speedup } = compared(compareAreas(simulatedRun(rounds, 10, { ...quiet, ...noise }, random)));
    if (speedup.low <= 1 && speedup.high >= 1) covered += 1;
  }
  expect(covered / runs).toBeGreaterThanOrEqual(0.91);
  expect(covered / runs).toBeLessThanOrEqual(0.99);
});

test('tells a true 3 % from none, outliers or not', () => {
  const random = seededRandom('three percent');
  let told = 0;
  for (let run = 0; run < 50; run++) {
    const noise = { ...quiet, ratio: 1.03, timing: 0.05, placement: 0.003, outliers: 0.03 };
    const { speedup } = compared(compareAreas(simulatedRun(8, 20, noise, random)));
    expect(Math.abs(Math.log(speedup.value / 1.03))).toBeLessThan(0.02);
    if (speedup.low > 1) told += 1;
  }
  expect(told).toBeGreaterThanOrEqual(48);
});

test('more rounds do not make up for few queries', () => {
  const errorOf = (rounds: number, answers: number) => {
    const noise = { ...quiet, timing: 0.01, answers };
    return compared(compareAreas(simulatedRun(rounds, 20, noise, seededRandom('width')))).logRatio.standardError;
  };
  expect(errorOf(16, 500)).toBeGreaterThan(0.8 * errorOf(4, 500));
  expect(errorOf(16, 500)).toBeGreaterThan(2 * errorOf(16, Number.POSITIVE_INFINITY));
});

test('one round has an error only where earlier comparisons showed one', () => {
  const rounds = simulatedRun(1, 20, { ...quiet, timing: 0.01 }, seededRandom('one'));
  expect(() => compareAreas(rounds)).toThrow('one round alone');
  const { logRatio, noise } = compared(compareAreas(rounds, { variance: 0.0004, degrees: 30 }));
  expect(logRatio.standardError).toBeGreaterThanOrEqual(0.02);
  expect(noise).toBeUndefined();
});

test('few rounds that happen to agree do not look better than the machine is', () => {
  const noise: SimulatedNoise = { ...quiet, timing: 0.001 };
  const rounds = simulatedRun(2, 20, noise, seededRandom('agree'));
  const alone = compared(compareAreas(rounds)).logRatio;
  const informed = compared(compareAreas(rounds, { variance: 0.01 ** 2, degrees: 20 })).logRatio;
  expect(informed.standardError).toBeGreaterThan(5 * alone.standardError);
  expect(informed.degrees).toBeGreaterThan(alone.degrees);
});

test('what both sides share cancels: equal answers and a machine that drifts leave no doubt', () => {
  const drifting = eachBlock(
    simulatedRun(4, 8, { ...quiet, answers: 500 }, seededRandom('drift')),
    ({ champion }, n) => {
      const slower = champion.map((point) => ({ ...point, qps: point.qps / (1 + 0.3 * n) }));
      return { challenger: slower.map((point) => ({ ...point, qps: 1.1 * point.qps })), champion: slower };
    },
  );
  const { speedup } = compared(compareAreas(drifting));
  expect(speedup.value).toBeCloseTo(1.1, 10);
  expect(speedup.high - speedup.low).toBeLessThan(1e-9);
});

test('one reading hit hard hardly moves the ratio', () => {
  const rounds = simulatedRun(4, 10, { ...quiet, timing: 0.01 }, seededRandom('hit'));
  const before = compared(compareAreas(rounds)).speedup;
  const hit = eachBlock(rounds, (block, round, chunk) =>
    round === 2 && chunk === 4
      ? { ...block, challenger: block.challenger.map((p, at) => (at === 2 ? { ...p, qps: p.qps / 5 } : p)) }
      : block,
  );
  expect(Math.abs(compared(compareAreas(hit)).speedup.value - before.value)).toBeLessThan(0.005);
});

test('the log-ratio is of the two areas it reports, and turns over when sides are swapped', () => {
  const rounds = simulatedRun(6, 5, { ...quiet, timing: 0.02, ratio: 1.2, answers: 5000 }, seededRandom('swap'));
  const forth = compared(compareAreas(rounds));
  const swapped = eachBlock(rounds, ({ challenger, champion }) => ({ challenger: champion, champion: challenger }));
  const back = compared(compareAreas(swapped));
  expect(forth.logRatio.value).toBe(Math.log(forth.challengerArea / forth.championArea));
  expect(back.speedup.value).toBeCloseTo(1 / forth.speedup.value, 10);
  expect(back.speedup.low).toBeCloseTo(1 / forth.speedup.high, 10);
  expect(forth.rounds).toBe(6);
});

test('a side that misses the window pooled has no ratio, the challenger named first', () => {
  const rounds = simulatedRun(2, 4, quiet, seededRandom('short'));
  const cut = (curve: readonly TimedPoint[]) => curve.slice(0, 4);
  const short = compareAreas(eachBlock(rounds, (block) => ({ ...block, challenger: cut(block.challenger) })));
  expect(short).toMatchObject({ kind: 'short', side: 'challenger', best: expect.closeTo(0.93) });
  const champion = compareAreas(eachBlock(rounds, (block) => ({ ...block, champion: cut(block.champion) })));
  expect(champion).toMatchObject({ kind: 'short', side: 'champion' });
});

test('survives a window whose end is lost with one chunk left out', () => {
  const rounds = simulatedRun(2, 4, { ...quiet, timing: 0.01 }, seededRandom('hair'));
  const hair = eachBlock(rounds, (block, _, chunk) => ({
    ...block,
    challenger: block.challenger
      .slice(0, 5)
      .map((p) => (p.effort === 64 ? { ...p, recall: chunk === 0 ? 0.956 : 0.9485 } : p)),
  }));
  const { speedup } = compared(compareAreas(hair));
  expect(Number.isFinite(speedup.low) && Number.isFinite(speedup.high)).toBe(true);
});

test('a single effort a side will do', () => {
  const one = (qps: number) => [{ effort: 1, recall: 0.97, qps }];
  const rounds = [0, 1].map(() => [100, 101, 99].map((qps) => ({ challenger: one(2 * qps), champion: one(qps) })));
  expect(compared(compareAreas(rounds)).speedup.value).toBeCloseTo(2, 10);
});

test('refuses one chunk, uneven rounds, differing efforts and impossible readings', () => {
  const [round] = simulatedRun(1, 2, quiet, seededRandom('refuse')) as [Round];
  const [first, second] = round as [PairedBlock, PairedBlock];
  expect(() => compareAreas([[first]])).toThrow(HarnessError);
  expect(() => compareAreas([round, [first, second, first]])).toThrow('differ in chunks');
  const fewer = { ...second, champion: second.champion.slice(1) };
  expect(() => compareAreas([round, [first, fewer]])).toThrow('differ in efforts');
  const stopped = { ...second, champion: second.champion.map((point) => ({ ...point, qps: 0 })) };
  expect(() => compareAreas([round, [first, stopped]])).toThrow('impossible point');
});

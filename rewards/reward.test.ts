import { expect, test } from 'vitest';
import { type Outcome, outcomeKinds, type Stage, stagesOf } from '../harness/core/outcome.ts';
import { targets } from '../harness/core/target.ts';
import { reward, scoredLimit } from './reward.ts';

const besideSeed = { championSpeedup: 1 };

function scored(value: number): Outcome {
  return {
    kind: 'scored',
    verdict: 'accepted',
    area: 1,
    curve: [],
    speedup: { value, low: value, high: value },
    rounds: 8,
    cost: { buildSeconds: 0, prepareSeconds: 0, indexBytes: 0 },
  };
}
const lowRecall = (best: number): Outcome => ({ kind: 'low-recall', best, required: 0.95, curve: [] });
const crashed = (stage: Stage): Outcome => ({ kind: 'crashed', stage, signal: 'SIGSEGV', stderr: '' });
const rejected: Outcome = { kind: 'rejected', rule: 'no-inline-assembly', detail: '' };
const compileError: Outcome = { kind: 'compile-error', diagnostics: '' };
const tampered: Outcome = { kind: 'tampered', stage: 'measure', rule: 'cpu-time', detail: '' };

test("of a scored candidate is the log of its area over the seed's, through the champion", () => {
  expect(reward(scored(1), besideSeed)).toBe(0);
  expect(reward(scored(1.2), { championSpeedup: 1.5 })).toBeCloseTo(Math.log(1.8));
});

test('of a scored candidate is clipped both ways', () => {
  expect(reward(scored(100), besideSeed)).toBe(scoredLimit);
  expect(reward(scored(0.001), besideSeed)).toBe(-scoredLimit);
});

test.each(targets)('of %s rises with how far the candidate came, with cheating below all', (target) => {
  const ladder = [
    tampered,
    rejected,
    compileError,
    ...stagesOf(target).map(crashed),
    lowRecall(0),
    lowRecall(0.5),
    lowRecall(0.9499),
    scored(1e-9),
    scored(1),
  ].map((outcome) => reward(outcome, besideSeed));
  for (let step = 1; step < ladder.length; step++) expect(ladder[step]).toBeGreaterThan(ladder[step - 1]!);
});

test('of a stage that came to be later leaves the floors of the others as they were recorded', () => {
  const floors = stagesOf('graph').map((stage) => reward(crashed(stage), besideSeed));
  floors.forEach((floor, at) => void expect(floor).toBeCloseTo(-2.05 + 0.04 * at, 12));
});

test('judges a crash, a time-out and a passed limit by their stage alone', () => {
  const timedOut: Outcome = { kind: 'timed-out', stage: 'build', limitSeconds: 1 };
  const overLimit: Outcome = { kind: 'over-limit', stage: 'build', resource: 'memory', limit: 1, used: 2 };
  expect(reward(timedOut, besideSeed)).toBe(reward(crashed('build'), besideSeed));
  expect(reward(overLimit, besideSeed)).toBe(reward(crashed('build'), besideSeed));
});

test('takes memory and system calls in a query for the crash that they end in, as authors make them by mistake', () => {
  for (const rule of ['writes-outside-scratch', 'calls-the-kernel'])
    expect(reward({ kind: 'tampered', stage: 'smoke', rule, detail: '' }, besideSeed)).toBe(
      reward(crashed('smoke'), besideSeed),
    );
});

test('knows no kind beyond the union', () => {
  expect(outcomeKinds).toHaveLength(8);
  expect(() => reward({ kind: 'novel' } as never, besideSeed)).toThrow('unreachable');
});

import { expect, test } from 'vitest';
import { seededRandom } from '../harness/core/random.ts';
import { type Decision, decide, looksFor } from './sequential.ts';
import { normal } from './testing/simulated-run.ts';

const quietMachine = { variance: 0.006 ** 2, degrees: 30 };

/** Rounds of known noise, looked at as a campaign looks: the decision that ends them, and when. */
function run(truth: number, requiredGain: number, seed: string): Decision & { rounds: number } {
  const random = seededRandom('sequential', seed);
  const looks = looksFor(quietMachine, true);
  let sum = 0;
  for (let rounds = 1; ; ++rounds) {
    sum += Math.log(truth) + Math.sqrt(quietMachine.variance) * normal(random);
    const look = looks.find((one) => one.rounds === rounds);
    if (!look) continue;
    const standardError = Math.sqrt(quietMachine.variance / rounds);
    const estimate = { value: sum / rounds, standardError, degrees: 30 };
    const decision = decide(estimate, look, requiredGain, look === looks.at(-1));
    if (decision.settled) return { ...decision, rounds };
  }
}

test('looking early costs no more than 5 % of wrong intervals', () => {
  const runs = Array.from({ length: 2000 }, (_, number) => run(1, 0, `none ${number}`));
  const missed = runs.filter(({ speedup }) => speedup.low > 1 || speedup.high < 1).length / runs.length;
  expect(missed).toBeLessThanOrEqual(0.05);
  expect(missed).toBeGreaterThan(0.02);
});

test('no gain is accepted of a challenger that has none, and a clear one soon', () => {
  const none = Array.from({ length: 500 }, (_, number) => run(1, 0.01, `equal ${number}`));
  expect(none.filter(({ verdict }) => verdict === 'accepted')).toHaveLength(0);
  const clear = run(1.2, 0.01, 'clear');
  expect(clear).toMatchObject({ verdict: 'accepted', rounds: 2 });
});

test('one pair of processes is enough to turn a slow challenger down', () => {
  expect(run(0.8, 0.01, 'slow')).toMatchObject({ verdict: 'slower', rounds: 1 });
});

test('what cannot be told by the last round is indecisive', () => {
  const wide = { value: 0.01, standardError: 0.02, degrees: 10 };
  expect(decide(wide, { rounds: 8, error: 0.04 }, 0.01, true)).toMatchObject({ verdict: 'indecisive', settled: true });
  expect(decide(wide, { rounds: 4, error: 0.01 }, 0.01, false)).toMatchObject({ settled: false });
});

test('a challenger that is faster, but by less than is required, gains nothing', () => {
  const little = { value: 0.004, standardError: 0.001, degrees: 30 };
  expect(decide(little, { rounds: 8, error: 0.04 }, 0.01, true).verdict).toBe('no-gain');
});

test('the looks share 5 %, and a noisy machine gets more rounds', () => {
  for (const prior of [undefined, quietMachine, { variance: 0.05 ** 2, degrees: 30 }]) {
    for (const isSequential of [true, false]) {
      const spent = looksFor(prior, isSequential).reduce((sum, { error }) => sum + error, 0);
      expect(spent).toBeCloseTo(0.05, 12);
    }
  }
  expect(looksFor(quietMachine, false)).toHaveLength(1);
  expect(looksFor({ variance: 0.05 ** 2, degrees: 30 }, true).at(-1)!.rounds).toBeGreaterThan(
    looksFor(quietMachine, true).at(-1)!.rounds,
  );
});

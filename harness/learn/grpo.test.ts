import { expect, test } from 'vitest';
import { HarnessError } from '../core/errors.ts';
import { type Choices, type Decision, initialLogits, type Logits, sampleChoices, softmax } from '../core/policy.ts';
import { seededRandom } from '../core/random.ts';
import { groupAdvantages } from './advantages.ts';
import { objective, objectiveGradient, type PolicyUpdate, updatePolicy } from './grpo.ts';

const space: readonly Decision[] = [
  { name: 'prefetch', options: ['none', 'near', 'far'] },
  { name: 'quantise', options: ['no', 'yes'] },
  { name: 'bits', options: ['4', '6', '8'], when: (choices) => choices.quantise === 'yes' },
];
const uniform = initialLogits(space, {}, 0);

function randomLogits(name: string): Logits {
  const random = seededRandom(name);
  return Object.fromEntries(
    space.map(({ name: decision, options }) => [decision, options.map(() => 2 * random() - 1)]),
  );
}

const update: PolicyUpdate = {
  space,
  logits: randomLogits('old'),
  reference: randomLogits('reference'),
  samples: [
    { choices: { prefetch: 'far', quantise: 'yes', bits: '6' }, advantage: 1.3 },
    { choices: { prefetch: 'none', quantise: 'no' }, advantage: -0.8 },
    { choices: { prefetch: 'far', quantise: 'no' }, advantage: -0.5 },
  ],
  learningRate: 0.4,
  clip: 0.2,
  klWeight: 0.1,
  epochs: 4,
};

function only(choices: Choices, advantage: number, rest: Partial<PolicyUpdate> = {}): PolicyUpdate {
  return { ...update, logits: uniform, reference: uniform, klWeight: 0, samples: [{ choices, advantage }], ...rest };
}

test.each(['old', 'elsewhere', 'far away'])(
  'the gradient is that of the objective by finite differences: %s',
  (where) => {
    const logits = randomLogits(where);
    const gradient = objectiveGradient(update, logits);
    const step = 1e-6;
    for (const [name, values] of Object.entries(logits)) {
      for (const option of values.keys()) {
        const moved = (by: number) => ({ ...logits, [name]: values.map((v, at) => (at === option ? v + by : v)) });
        const slope = (objective(update, moved(step)) - objective(update, moved(-step))) / (2 * step);
        expect(gradient[name]![option]).toBeCloseTo(slope, 7);
      }
    }
  },
);

test('the first step is worked by hand: mean over tokens, probability pushed to what did well', () => {
  const updated = updatePolicy(only({ prefetch: 'near', quantise: 'no' }, 1, { epochs: 1, learningRate: 1 }));
  expect(updated.prefetch).toEqual([-1 / 6, 1 / 3, -1 / 6].map((value) => expect.closeTo(value, 12)));
  expect(updated.quantise).toEqual([0.25, -0.25]);
  expect(updated.bits).toEqual([0, 0, 0]);
});

test('each epoch climbs the objective', () => {
  let logits = update.logits;
  for (let epochs = 1; epochs <= 5; epochs++) {
    const next = updatePolicy({ ...update, learningRate: 0.1, epochs });
    expect(objective(update, next)).toBeGreaterThan(objective(update, logits));
    logits = next;
  }
});

test('clipping stops the ratio just past its bound, whichever way it goes', () => {
  for (const advantage of [1, -1]) {
    const settings = only({ quantise: 'yes' }, advantage, { learningRate: 0.05, epochs: 500 });
    const ratio = softmax(updatePolicy(settings).quantise!)[1]! / 0.5;
    expect(Math.abs(ratio - (1 + 0.2 * advantage))).toBeLessThan(0.02);
    expect(updatePolicy({ ...settings, epochs: 1000 })).toEqual(updatePolicy(settings));
    const unclipped = softmax(updatePolicy({ ...settings, clip: 1000 }).quantise!)[1]! / 0.5;
    expect(Math.abs(unclipped - 1)).toBeGreaterThan(0.5);
  }
});

test('KL pulls a policy without advantage back to the reference, in the decisions that arose', () => {
  const away = randomLogits('away');
  const settings = only({ prefetch: 'near', quantise: 'no' }, 0, {
    logits: away,
    klWeight: 1,
    learningRate: 1,
    epochs: 200,
  });
  const updated = updatePolicy(settings);
  for (const probability of softmax(updated.prefetch!)) expect(probability).toBeCloseTo(1 / 3, 6);
  for (const probability of softmax(updated.quantise!)) expect(probability).toBeCloseTo(1 / 2, 6);
  expect(updated.bits).toEqual(away.bits);
});

test('moves nothing for groups of no advantage, no samples, or a sample of no decisions', () => {
  expect(updatePolicy(only({ prefetch: 'near' }, 0))).toEqual(uniform);
  expect(updatePolicy({ ...update, samples: [] })).toEqual(update.logits);
  expect(updatePolicy(only({}, 1))).toEqual(uniform);
});

test('stays finite from extreme logits', () => {
  const logits = { ...uniform, prefetch: [2000, 0, -2000] };
  const updated = updatePolicy({ ...update, logits });
  expect(Object.values(updated).flat().every(Number.isFinite)).toBe(true);
});

test('refuses a choice that the space does not have', () => {
  expect(() => updatePolicy(only({ quantise: 'maybe' }, 1))).toThrow(HarnessError);
});

/** Log speed-up of a design: prefetching far is best, 8 bits pays, other quantisation costs. */
function landscape({ prefetch, quantise, bits }: Choices): number {
  return (
    (prefetch === 'far' ? 0.2 : prefetch === 'near' ? 0.1 : 0) + (quantise === 'no' ? 0 : bits === '8' ? 0.3 : -0.2)
  );
}

/** Probabilities of the landscape's best options after some groups of 6, rewards measured to 2 %. */
function learned(name: string, klWeight: number): number[] {
  const random = seededRandom('landscape', name);
  let logits = uniform;
  for (let group = 0; group < 60; group++) {
    const drawn = Array.from({ length: 6 }, () => sampleChoices(space, logits, random));
    const advantages = groupAdvantages(drawn.map((choices) => landscape(choices) + 0.04 * (random() - 0.5)));
    const samples = drawn.map((choices, index) => ({ choices, advantage: advantages[index]! }));
    logits = updatePolicy({ ...update, logits, reference: uniform, samples, klWeight, learningRate: 1, epochs: 4 });
  }
  return [softmax(logits.prefetch!)[2]!, softmax(logits.quantise!)[1]!, softmax(logits.bits!)[2]!];
}

test.each(['a', 'b', 'c'])(
  'concentrates on the best design of a small landscape, and KL keeps it from it: seed %s',
  (name) => {
    const free = learned(name, 0.01);
    for (const probability of free) expect(probability).toBeGreaterThan(0.8);
    const held = learned(name, 1);
    expect(Math.min(...held)).toBeLessThan(Math.min(...free));
  },
);

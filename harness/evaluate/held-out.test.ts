import { expect, it } from 'vitest';
import type { Evaluator, Index } from '../core/evaluation.ts';
import { parseSpec } from '../core/spec.ts';
import { sampleScored } from '../record/sample-campaign.ts';
import { ChampionShort } from './evaluator.ts';
import { HeldOutEvaluators, heldOutConditions } from './held-out.ts';

const conditionsOf = (fields: object) =>
  heldOutConditions(parseSpec({ name: 'x', ...fields })).map(({ name, spec }) => [name, spec.dataset, spec.k]);

it('by default one other dataset and one other k', () => {
  expect(conditionsOf({})).toEqual([
    ['fashion-mnist-784-euclidean', 'fashion-mnist-784-euclidean', 10],
    ['k=100', 'mnist-784-euclidean', 100],
  ]);
  expect(conditionsOf({ dataset: 'fashion-mnist-784-euclidean', k: 100 })).toEqual([
    ['mnist-784-euclidean', 'mnist-784-euclidean', 100],
    ['k=10', 'fashion-mnist-784-euclidean', 10],
  ]);
});

it('refuses what the campaign trains on, and a k that is none', () => {
  expect(() => conditionsOf({ heldOut: ['k=10'] })).toThrow('"k=10" is what the campaign trains on');
  expect(() => conditionsOf({ heldOut: ['k=0'] })).toThrow('k = 0');
  expect(conditionsOf({ heldOut: ['none'] })).toEqual([]);
});

it('a loss is an interval below 1 or a failure; where the champion itself falls short nothing is lost', async () => {
  const conditions = heldOutConditions(parseSpec({ name: 'x', heldOut: ['k=1', 'k=20', 'k=50', 'k=100'] }));
  const outcomes = {
    'k=1': sampleScored('indecisive', 1000, 1, 0.99, 1.01),
    'k=20': sampleScored('slower', 900, 0.9, 0.89, 0.91),
    'k=50': { kind: 'low-recall', best: 0.8, required: 0.95, curve: [] },
  };
  const gate = new HeldOutEvaluators(conditions, async ({ name }) => {
    const compare = async () => {
      if (name === 'k=100') throw new ChampionShort('the champion ends at 0.9');
      return { outcome: outcomes[name as keyof typeof outcomes] };
    };
    return { evaluator: { compare } as unknown as Evaluator, close: async () => {} };
  });
  const results = await gate.measure({} as Index, {} as Index, undefined, { queries: 'promotion' });
  expect(results.map(({ condition, lost }) => [condition, lost])).toEqual([
    ['k=1', false],
    ['k=20', true],
    ['k=50', true],
    ['k=100', false],
  ]);
});

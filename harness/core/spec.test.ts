import { describe, expect, it } from 'vitest';
import { parseSpec } from './spec.ts';

it('fills in what is not said', () => {
  expect(parseSpec({ name: 'a' })).toMatchObject({
    dataset: 'mnist-784-euclidean',
    k: 10,
    slots: ['construction', 'search', 'refinement'],
  });
});

it('fills in what depends on the target', () => {
  expect(parseSpec({ name: 'a' })).not.toHaveProperty('scale');
  expect(parseSpec({ name: 'a', target: 'balanced-tree' })).toMatchObject({
    scale: 'campaign',
    dataset: 'mnist-784-euclidean',
    slots: ['beam', 'router', 'tree-update'],
  });
  expect(parseSpec({ name: 'a', target: 'learned-lookup', slots: ['ranker', 'ranker'] })).toMatchObject({
    dataset: 'synthetic',
    slots: ['ranker', 'ranker'],
  });
});

it('is the same when it is parsed again', () => {
  const spec = parseSpec({ name: 'a', target: 'neural-lsh', scale: 'small' });
  expect(JSON.stringify(parseSpec(spec))).toBe(JSON.stringify(spec));
});

describe('refuses', () => {
  it.each([
    [{ name: 'a', grupSize: 3 }, 'unknown field "grupSize"; nearest known: "groupSize"'],
    [{ name: 'a', k: 0 }, 'k = 0: '],
    [{ name: '../a' }, 'name = "../a": use letters'],
    [{ name: 'a', slots: ['serch'] }, 'slots'],
    [{ name: 'a', proposer: 'oracle' }, 'proposer = "oracle"'],
    [{ name: 'a', target: 'grap' }, 'target = "grap"'],
    [
      { name: 'a', slots: ['search', 'router'] },
      'slots = "router": the target graph has construction, search, refinement; for router give --target neural-lsh or balanced-tree',
    ],
    [{ name: 'a', target: 'neural-lsh', slots: ['search'] }, 'for search give --target graph'],
    [{ name: 'a', scale: 'small' }, 'scale = "small": the graph is built and not trained'],
    [{ name: 'a', dataset: 'synthetic' }, 'dataset = "synthetic": only learned-lookup draws its own data'],
    [{ name: 'a', target: 'neural-lsh', heldOut: ['k=100'] }, 'neural-lsh has no held-out conditions'],
    [{}, 'name = undefined'],
    [[], 'specification = []'],
  ])('%j, naming field and value', (input, message) => {
    expect(() => parseSpec(input)).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import { parseSpec } from './spec.ts';

it('fills in what is not said', () => {
  expect(parseSpec({ name: 'a' })).toMatchObject({
    dataset: 'mnist-784-euclidean',
    k: 10,
    slots: ['construction', 'search', 'refinement'],
  });
});

describe('refuses', () => {
  it.each([
    [{ name: 'a', grupSize: 3 }, 'unknown field "grupSize"; nearest known: "groupSize"'],
    [{ name: 'a', k: 0 }, 'k = 0: '],
    [{ name: '../a' }, 'name = "../a": use letters'],
    [{ name: 'a', slots: ['serch'] }, 'slots'],
    [{ name: 'a', proposer: 'oracle' }, 'proposer = "oracle"'],
    [{}, 'name = undefined'],
    [[], 'specification = []'],
  ])('%j, naming field and value', (input, message) => {
    expect(() => parseSpec(input)).toThrow(message);
  });
});

import { expect, it } from 'vitest';
import { overSeeds } from '../evaluate/learned/reward-comparison.ts';
import { asPrinted, claimOf, describeSeen, notMeasured } from './claim.ts';

const said = { claim: 'fewer candidates', paper: 'Figure 3', note: 'ratio' };

it('is shown where the whole interval says so, and where the scale hides it is no "no"', () => {
  const seen = { value: 0.95, low: 0.9, high: 1.01 };
  expect(claimOf(said, seen, { below: 1 }).shown).toBe('no');
  expect(claimOf(said, seen, { below: 1 }, false).shown).toBe('not at this scale');
  expect(claimOf(said, { ...seen, high: 0.99 }, { below: 1 }).shown).toBe('yes');
  expect(claimOf(said, seen, { above: 0.9 }).shown).toBe('no');
  expect(claimOf(said, seen, { above: 0.89 }).shown).toBe('yes');
});

it('compares the value itself where the claim is a bound, and nothing that is no number', () => {
  const seen = { value: 0.99, low: 0.97, high: 1 };
  expect(claimOf(said, seen, { atLeast: 0.99 }).shown).toBe('yes');
  expect(claimOf(said, seen, { atMost: 0.98 }).shown).toBe('no');
  const nothing = { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  for (const expected of [{ below: 1 }, { above: 1 }, { atLeast: 1 }, { atMost: 1 }])
    expect(claimOf(said, nothing, expected).shown).toBe('no');
  expect(describeSeen(nothing)).toBe('recall not reached');
});

it('leaves what takes an interval undecided after one training seed, and says why', () => {
  const seen = overSeeds([0.8]);
  const ratio = { value: Math.exp(seen.value), low: Math.exp(seen.low), high: Math.exp(seen.high) };
  for (const expected of [{ below: 1 }, { above: 1 }]) {
    for (const one of [seen, ratio]) {
      const { shown, note } = claimOf(said, one, expected);
      expect(shown).toBe('not at this scale');
      expect(note).toBe('ratio; one training seed gives no interval: two or more decide');
    }
  }
  expect(claimOf(said, seen, { atMost: 0.7 }).shown).toBe('no');
  expect(describeSeen(seen)).toBe('0.800 (one seed: no interval)');
});

it('says so where nothing was measured, and is printed in the same shape as all', () => {
  const nothing = notMeasured(said);
  expect(nothing).toMatchObject({ seen: null, shown: 'not at this scale' });
  expect(asPrinted(nothing).seen).toEqual({ value: null, low: null, high: null });
  expect(asPrinted(claimOf(said, { value: 1, low: 0, high: 2 }, { atLeast: 1 })).seen).toEqual({
    value: 1,
    low: 0,
    high: 2,
  });
});

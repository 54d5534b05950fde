import { expect, it } from 'vitest';
import {
  finishedSampleJournal,
  sampleJournal,
  sampleScored,
  sampleSeeds,
  sampleStart,
  searchFast,
  searchFaster,
  searchSlow,
} from '../record/sample-campaign.ts';
import { campaignState } from '../record/state.ts';
import { chooseIndex } from './chosen-index.ts';
import { claimOf } from './claim.ts';

const finished = campaignState(finishedSampleJournal().entries);
const unfinished = campaignState(sampleJournal().entries);

it('claims the final measurement where there is one', () => {
  const chosen = chooseIndex(finished, []);
  expect(chosen.headers.search.id).toBe(searchFaster.id);
  const claim = claimOf(finished, chosen);
  expect(claim).toMatchObject({ source: 'final', queries: 'final', speedup: { value: 1.48, low: 1.44, high: 1.52 } });
  expect(claim.curve.map(({ effort }) => effort)).toEqual([10, 16, 24, 40, 64, 120]);
  expect(claim.seedArea).toBe(100_000);
});

it('claims the product of the promotions before that, and says so', () => {
  const claim = claimOf(unfinished, chooseIndex(unfinished, []));
  expect(claim.source).toBe('promotions');
  expect(claim.speedup?.value).toBeCloseTo(1.25 * 1.2);
  expect(claim.inWords).toContain('Provisional');
  expect(claim).toMatchObject({ queries: 'promotion', seedQueries: 'search' });
});

it('takes held-out figures of a promotion, which are beside the champion of its time, for none of its own', () => {
  const entries = sampleJournal().entries.map((entry) =>
    entry.type === 'promotion-measured'
      ? { ...entry, heldOut: [{ condition: 'k=100', outcome: entry.outcome, lost: false }] }
      : entry,
  );
  const state = campaignState(entries);
  expect(claimOf(state, chooseIndex(state, [])).heldOut).toEqual([]);
});

it('exports a named attempt with the champions it was measured beside, and claims what it earned', () => {
  const chosen = chooseIndex(finished, [searchFast]);
  expect(chosen).toMatchObject({ kind: 'attempt', headers: { construction: sampleSeeds.construction } });
  const claim = claimOf(finished, chosen);
  expect(claim).toMatchObject({ source: 'attempt', queries: 'search' });
  expect(claim.speedup?.value).toBeCloseTo(1.26);
});

it('puts beside an attempt the seed as it was on the same queries, and not as it was in the end', () => {
  const state = campaignState(
    finishedSampleJournal().entries.map((entry) =>
      entry.type === 'seed-measured' ? { ...entry, outcome: { ...entry.outcome, area: 90_000 } } : entry,
    ),
  );
  expect(claimOf(state, chooseIndex(state, [searchFast]))).toMatchObject({ seedQueries: 'search', seedArea: 90_000 });
  expect(claimOf(state, chooseIndex(state, []))).toMatchObject({ seedQueries: 'final', seedArea: 100_000 });
});

it('claims no figure for what was never measured together', () => {
  const chosen = chooseIndex(finished, [searchSlow, sampleSeeds.construction]);
  expect(claimOf(finished, chosen)).toMatchObject({ source: 'not-measured', speedup: null, curve: [] });
});

it('claims nothing above the seed where nothing was promoted', () => {
  const measured = sampleScored('indecisive', 100_000, 1, 0.99, 1.01);
  const state = campaignState([sampleStart, { type: 'seed-measured', outcome: measured }]);
  expect(claimOf(state, chooseIndex(state, []))).toMatchObject({
    source: 'seed',
    speedup: { value: 1, low: 1, high: 1 },
  });
});

it('refuses two headers for one slot, and one without a score', () => {
  expect(() => chooseIndex(finished, [searchFast, searchFaster])).toThrow('both for the slot search');
  const broken = [...finished.candidates.values()].find(
    ({ slot, origin }) => slot === 'construction' && origin.proposer === 'grammar',
  )!;
  expect(() => chooseIndex(finished, [broken])).toThrow(`${broken.id} has no score`);
});

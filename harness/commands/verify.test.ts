import { expect, it } from 'vitest';
import { SampleJournal, sampleCandidate, sampleScored } from '../record/sample-campaign.ts';
import { campaignState } from '../record/state.ts';
import { championsAt, saySame } from './verify.ts';

it('two figures say the same where their difference lies within both their errors', () => {
  const recorded = { value: 1.2, low: 1.18, high: 1.22 };
  expect(saySame(recorded, { value: 1.22, low: 1.2, high: 1.24 })).toBe(true);
  expect(saySame(recorded, { value: 1.3, low: 1.28, high: 1.32 })).toBe(false);
});

it('an attempt is measured again beside the champions of its time', () => {
  const first = sampleCandidate('search', 1);
  const second = sampleCandidate('search', 2);
  const journal = new SampleJournal()
    .propose('search', [first])
    .attempt(first, sampleScored('accepted', 120_000, 1.2, 1.18, 1.22), 0.2)
    .promotion(first, 120_000, { value: 1.2, low: 1.18, high: 1.22 }, true)
    .finishGroup('search')
    .propose('search', [second])
    .attempt(second, sampleScored('slower', 110_000, 0.9, 0.88, 0.92), 0.1);
  const state = campaignState(journal.entries);
  const [before, after] = state.attempts;
  expect(championsAt(state, before!).search.id).toBe(state.seeds.search.id);
  expect(championsAt(state, after!).search.id).toBe(first.id);
});

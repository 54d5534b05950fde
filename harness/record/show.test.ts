import { expect, test } from 'vitest';
import { findCandidate } from './find-candidate.ts';
import { constructionBroken, sampleJournal, sampleSeeds, searchFast, searchFaster } from './sample-campaign.ts';
import { candidateDetail, candidateText } from './show.ts';
import { campaignState } from './state.ts';

const state = campaignState(sampleJournal().entries);

test('finds a candidate by its id, or by a unique beginning of it, with or without the slot', () => {
  expect(findCandidate(state, searchFast.id)).toBe(searchFast);
  expect(findCandidate(state, searchFast.id.slice(0, 14))).toBe(searchFast);
  expect(findCandidate(state, searchFast.id.slice(7, 14))).toBe(searchFast);
  expect(findCandidate(state, sampleSeeds.search.id)).toBe(sampleSeeds.search);
});

test('an unknown id is answered with the nearest, an ambiguous one with those it could be', () => {
  const mistyped = `${searchFast.id.slice(0, -1)}?`;
  expect(() => findCandidate(state, mistyped)).toThrow(
    `no candidate "${mistyped}" in campaign sample; nearest known: ${searchFast.id}`,
  );
  expect(() => findCandidate(state, 'search-')).toThrow(/"search-" could be search-.*give more of the id/);
  expect(() => findCandidate(state, '')).toThrow(/no candidate ""/);
});

test('tells everything known of a champion', () => {
  const detail = candidateDetail(state, searchFaster, '-old\n+new\n');
  expect(detail).toMatchObject({ isChampion: true, parents: [searchFast.id], diff: '-old\n+new\n' });
  expect(detail.attempts[0]!.speedup!.value).toBeCloseTo(1.25 * 1.21, 12);
  const text = candidateText(detail);
  expect(text).toContain('prefetch  lookahead-8');
  expect(text).toContain('speed-up  1.512x [1.417, 1.610] of the seed');
  expect(text).toContain('cost      build 3.3 s, prepare 0.40 s, index 18.0 MiB');
  expect(text).toMatch(/effort +recall +queries\/s\n +10 +0\.7800 +317,100/);
  expect(text).toContain('measured again, on fresh queries (5 min 10 s into the campaign): promoted');
  expect(text).toContain(`diff to ${searchFast.id}\n-old\n+new`);
  expect(text.endsWith(searchFaster.source)).toBe(true);
});

test('tells why a candidate failed, in full', () => {
  expect(candidateText(candidateDetail(state, constructionBroken, null))).toContain('search.hpp:9:2: note: here');
});

test('a seed has neither attempts nor a diff', () => {
  const text = candidateText(candidateDetail(state, sampleSeeds.search, null));
  expect(text).not.toMatch(/diff to|not yet attempted/);
});

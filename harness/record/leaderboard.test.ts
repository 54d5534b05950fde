import { expect, test } from 'vitest';
import type { Outcome } from '../core/outcome.ts';
import { ofSlots } from '../core/target.ts';
import { leaderboard } from './leaderboard.ts';
import { leaderboardText } from './leaderboard-text.ts';
import {
  finishedSampleJournal,
  SampleJournal,
  sampleCandidate,
  sampleJournal,
  sampleScored,
  sampleSeeds,
  searchFast,
  searchFaster,
  searchSlow,
} from './sample-campaign.ts';
import { campaignState } from './state.ts';

const running = leaderboard(campaignState(sampleJournal().entries));
const finished = leaderboard(campaignState(finishedSampleJournal().entries));

test('a running campaign chains its promotions, and says that this is provisional', () => {
  expect(running).toMatchObject({
    campaign: 'sample',
    dataset: 'mnist-784-euclidean',
    status: 'unfinished',
    stopReason: null,
  });
  expect(running.combined).toMatchObject({ area: 150_000, seedArea: 100_000, provisional: true });
  expect(running.combined.speedup!.value).toBeCloseTo(1.5, 12);
  expect(running.combined.speedup!.low).toBeCloseTo(1.3625, 3);
  expect(running.combined.speedup!.high).toBeCloseTo(1.6398, 3);
  expect(running.slots.search.champion).toMatchObject({
    id: searchFaster.id,
    parent: searchFast.id,
    area: 150_000,
    provisional: true,
  });
  expect(running.slots.search.champion.speedup).toEqual(running.combined.speedup);
});

test('a finished campaign gives its final measurement', () => {
  expect(finished).toMatchObject({ status: 'finished', stopReason: 'evaluation-budget', elapsedSeconds: 421 });
  const speedup = { value: 1.48, low: 1.44, high: 1.52 };
  expect(finished.combined).toEqual({ speedup, area: 148_000, seedArea: 100_000, provisional: false });
  expect(finished.slots.search.champion).toMatchObject({ speedup, area: 148_000, provisional: false });
});

test('a slot that kept its seed stands at exactly 1', () => {
  for (const board of [running, finished]) {
    expect(board.slots.refinement).toEqual({
      seed: sampleSeeds.refinement.id,
      champion: {
        id: sampleSeeds.refinement.id,
        parent: null,
        isSeed: true,
        speedup: { value: 1, low: 1, high: 1 },
        area: 100_000,
        provisional: false,
      },
      attempts: [],
    });
  }
  const untouched = leaderboard(campaignState(new SampleJournal().entries));
  expect(untouched.combined).toEqual({
    speedup: { value: 1, low: 1, high: 1 },
    area: 100_000,
    seedArea: 100_000,
    provisional: true,
  });
});

test('champions that miss the window together have no combined speed-up', () => {
  const journal = sampleJournal().add({
    type: 'final-measured',
    final: {
      combined: null,
      slots: ofSlots('graph', { construction: null, search: null, refinement: null }),
      seed: null,
    },
    elapsedSeconds: 500,
  });
  const board = leaderboard(campaignState(journal.entries));
  expect(board.combined).toMatchObject({ speedup: null, area: null, seedArea: 100_000, provisional: false });
  expect(leaderboardText(board)).toContain('miss the recall window');
});

test('attempts are ranked by speed-up against the seed, failures last in the order they happened', () => {
  const [crash, late] = [sampleCandidate('search', 1), sampleCandidate('search', 2)];
  const crashed: Outcome = { kind: 'crashed', stage: 'smoke', signal: 'SIGSEGV', stderr: '' };
  const journal = sampleJournal()
    .propose('search', [crash, late])
    .attempt(crash, crashed, -2)
    .attempt(late, crashed, -2);
  const rows = leaderboard(campaignState(journal.entries)).slots.search.attempts;
  expect(rows.map((row) => row.candidate)).toEqual(
    [searchFaster, searchFast, searchSlow, crash, late].map(({ id }) => id),
  );
  expect(rows[0]).toMatchObject({
    attempt: 4,
    kind: 'scored',
    area: 151_000,
    buildSeconds: 3.25,
    indexBytes: 18874368,
    reward: 0.412,
    promoted: true,
  });
  expect(rows[0]!.speedup!.value).toBeCloseTo(1.25 * 1.21, 12);
  expect(rows[2]).toMatchObject({ promoted: null });
  expect(rows[3]).toMatchObject({
    kind: 'crashed',
    outcome: 'crashed in smoke (SIGSEGV)',
    speedup: null,
    area: null,
    indexBytes: null,
  });
});

test('counts every kind of outcome, those that never happened too', () => {
  expect(Object.entries(running.attempts)).toHaveLength(8);
  expect(running.attempts).toMatchObject({ scored: 3, 'compile-error': 1, tampered: 0 });
});

test('the text is aligned, within 100 columns, and ends in counts and the combined line', () => {
  const lines = leaderboardText(finished).trimEnd().split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(lines.slice(-2)).toEqual([
    '4 attempts: 3 scored, 1 compile-error',
    'combined champion  1.48x [1.44, 1.52] of the seed  (area 100,000 -> 148,000 queries/s)',
  ]);
  const [title, first, second] = lines.slice(lines.findIndex((line) => line.startsWith('search')) + 1);
  expect(first!.indexOf('1.512x')).toBe(title!.indexOf('x seed'));
  expect(second!.indexOf('1.260x')).toBe(title!.indexOf('x seed'));
  expect(lines.find((line) => line.includes('compile error'))).toMatch(
    /^- .*compile error: search.hpp:4:1: error: expected/,
  );
  expect(lines).toContain('refinement  keeps its seed  (0 attempts)');
});

test('shows the rows asked for, and says what it left out', () => {
  const text = leaderboardText(running, { rows: 1 });
  expect(text).toContain('and 2 more: --top 3');
  expect(text).not.toContain(searchSlow.id.slice(7, 15));
});

test('colours only where told to', () => {
  const control = String.fromCharCode(27);
  expect(leaderboardText(running)).not.toContain(control);
  expect(leaderboardText(running, { colour: true })).toContain(control);
});

test('the last accepted candidate reads against the seed, not against the champion it beat', () => {
  const next = sampleCandidate('search', 16, searchFaster.id);
  const journal = sampleJournal()
    .propose('search', [next])
    .attempt(next, sampleScored('slower', 75_000, 0.5, 0.5, 0.5), -0.3);
  const row = leaderboard(campaignState(journal.entries)).slots.search.attempts.at(-1)!;
  expect(row.speedup!.value).toBeCloseTo(0.75, 12);
  expect(row.speedup!.high / row.speedup!.value).toBeCloseTo(1.6398 / 1.5, 3);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JournalEntry } from '../core/journal.ts';
import { Lineage, lineageDiff } from './lineage.ts';
import {
  constructionBroken,
  sampleJournal,
  sampleSeeds,
  searchFast,
  searchFaster,
  searchSlow,
} from './sample-campaign.ts';
import { campaignState } from './state.ts';

const { entries } = sampleJournal();
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'annvil-lineage-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function git(...args: string[]): Promise<string> {
  return (await execa('git', ['-C', join(dir, 'lineage'), ...args])).stdout;
}

async function record(upTo: readonly JournalEntry[]): Promise<void> {
  await (await Lineage.open(dir)).ensureRecorded(campaignState(upTo));
}

test('git log shows each candidate after the one it was derived from, and main the champions', async () => {
  await record(entries);
  expect((await git('log', '--first-parent', '--format=%s', 'main')).split('\n')).toEqual([
    `${searchFaster.id}: accepted: 1.210x [1.150, 1.270] of the champion`,
    `${searchFast.id}: accepted: 1.260x [1.200, 1.320] of the champion`,
    'seed: the headers that campaign sample starts from',
  ]);
  expect(await git('show', 'main:search.hpp')).toBe(searchFaster.source.trimEnd());
  expect(await git('show', 'main:construction.hpp')).toBe(sampleSeeds.construction.source.trimEnd());
  // Measured with the promoted search header in place.
  expect(await git('show', `candidate/${constructionBroken.id}:search.hpp`)).toBe(searchFast.source.trimEnd());
  expect(
    await git('merge-base', '--is-ancestor', `candidate/${searchFast.id}`, `candidate/${constructionBroken.id}`),
  ).toBe('');
  expect(await git('rev-list', '--all', '--count')).toBe('5');
  await git('fsck', '--strict');
});

test('trailers say what came of a candidate, whatever its compiler said', async () => {
  await record(entries);
  const trailers = (id: string) => git('log', '-1', '--format=%(trailers:only,unfold)', `candidate/${id}`);
  expect((await trailers(searchFaster.id)).trim().split('\n')).toEqual([
    `Candidate: ${searchFaster.id}`,
    'Slot: search',
    `Parent: ${searchFast.id}`,
    'Outcome: scored',
    'Verdict: accepted',
    'Area: 151000.0',
    'Speedup: 1.512 [1.417, 1.610]',
    'Reward: 0.4120',
  ]);
  expect(await trailers(constructionBroken.id)).toContain('Outcome: compile-error\nReward: -2.5000');
  expect(await git('log', '-1', '--format=%an <%ae>', 'main')).toBe('Annvil <annvil@localhost>');
});

test('recording again, in steps or after a death between journal and commit, makes no second commit', async () => {
  const lineage = await Lineage.open(dir);
  for (let length = 2; length <= entries.length; length++)
    await lineage.ensureRecorded(campaignState(entries.slice(0, length)));
  const refs = await git('show-ref');
  await record(entries);
  expect(await git('show-ref')).toBe(refs);
  expect(await git('rev-list', '--all', '--count')).toBe('5');
  expect(await git('rev-parse', 'main')).toBe(await git('rev-parse', `candidate/${searchFaster.id}`));
});

test('a promotion moves main even where it brings no commit', async () => {
  const promoted = entries.findIndex((entry) => entry.type === 'promotion-measured');
  await record(entries.slice(0, promoted));
  expect(await git('rev-parse', 'main')).toBe(await git('rev-parse', `candidate/${sampleSeeds.search.id}`));
  await record(entries.slice(0, promoted + 1));
  expect(await git('rev-parse', 'main')).toBe(await git('rev-parse', `candidate/${searchFast.id}`));
});

test('a diff is between two candidates, and absent where one is not recorded', async () => {
  await record(entries);
  const diff = await lineageDiff(dir, 'search', searchFast.id, searchFaster.id);
  expect(diff).toContain('-constexpr int lookahead = 4;\n+constexpr int lookahead = 8;');
  expect(await lineageDiff(dir, 'search', searchSlow.id, 'search-000000000000')).toBeNull();
  expect(await lineageDiff(join(dir, 'absent'), 'search', searchFast.id, searchFaster.id)).toBeNull();
});

test("a user's hooks, signing and environment stay out of it", async () => {
  const before = { ...process.env };
  Object.assign(process.env, {
    GIT_DIR: '/nonexistent',
    GIT_INDEX_FILE: '/nonexistent/index',
    GIT_AUTHOR_NAME: 'Somebody',
  });
  try {
    await record(entries);
  } finally {
    process.env = before;
  }
  expect(await git('log', '-1', '--format=%an %cn', 'main')).toBe('Annvil Annvil');
});

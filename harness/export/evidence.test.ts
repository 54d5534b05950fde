import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Lineage, lineageCommits } from '../record/lineage.ts';
import { finishedSampleJournal, sampleSeeds, searchFast, searchFaster } from '../record/sample-campaign.ts';
import { campaignState } from '../record/state.ts';
import { chooseIndex } from './chosen-index.ts';
import { claimOf } from './claim.ts';
import { evidenceOf, sha256 } from './evidence.ts';
import { evidenceText } from './evidence-text.ts';
import { readme } from './readme.ts';

const state = campaignState(finishedSampleJournal().entries);

it('follows each header back to its seed, with the commits of the lineage repository', async () => {
  const run = await mkdtemp(join(tmpdir(), 'annvil-evidence-'));
  try {
    await (await Lineage.open(run)).ensureRecorded(state);
    const commits = await lineageCommits(run);
    const evidence = evidence_(commits);
    const { lineage, promotions, alone } = evidence.slots.search!;
    expect(lineage.map(({ id }) => id)).toEqual([searchFaster.id, searchFast.id, sampleSeeds.search.id]);
    expect(lineage[0]).toMatchObject({ source: sha256(searchFaster.source), proposedBy: 'grammar', prompt: null });
    for (const { commit } of lineage) expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(new Set(lineage.map(({ commit }) => commit)).size).toBe(3);
    expect(promotions).toHaveLength(1);
    expect(alone).toEqual({ value: 1.48, low: 1.44, high: 1.52 });
    expect(evidence.slots.construction).toMatchObject({ isSeed: true, alone: null, promotions: [] });
    expect(evidence.selfComparisons).toEqual([{ value: 1, low: 0.99, high: 1.01 }]);
    expect(evidenceText(evidence)).toContain(lineage[0]!.commit!.slice(0, 12));
  } finally {
    await rm(run, { recursive: true });
  }
});

it('says what it does not know', async () => {
  expect(await lineageCommits('/nonexistent')).toEqual(new Map());
  const text = evidenceText(evidence_(new Map()));
  expect(text).toContain('not recorded');
  expect(text).toContain('1.480 [1.440, 1.520] times the queries a second of the seed index');
  expect(text).toContain('AMD EPYC 9554');
  expect(text).toContain('| 24 | 0.9100 | 145,040 |');
});

it('says on how many cores it was timed, and on which queries', () => {
  const text = evidenceText(evidence_(new Map()));
  expect(text).toContain('between 0.85 and 0.95, one thread.');
  expect(text.match(/, on the queries of final figures:/g)).toHaveLength(2);
  const evidence = evidence_(new Map());
  const busy = { ...evidence, claim: { ...evidence.claim, mode: 'throughput' as const } };
  expect(evidenceText(busy)).toContain('between 0.85 and 0.95, all 2 cores at once, a process each.');
  const shown = readme({ evidence: busy, levels: {} });
  expect(shown).toContain('(recall@10 from 0.85 to 0.95, all 2 cores at once, a process each, AMD EPYC');
  expect(shown).toContain('which a claim of all cores is not held to');
});

it('does not ascribe to the campaign what was trained and counted at export', () => {
  const evidence = evidence_(new Map());
  expect(evidenceText(evidence)).toContain('Everything here comes from the journal');
  const text = evidenceText({
    ...evidence,
    campaign: { ...evidence.campaign, target: 'neural-lsh' },
    trained: {
      ...{ scale: 'small', what: 'm=16', seed: 1, k: 10, recalls: [0.9], chunks: 10, rows: 60_000, settings: {} },
      madeWith: { cpu: 'another processor', compiler: 'g++ 13', trainer: 'libtorch 2.0', evaluator: 'e'.repeat(64) },
      ...{ curve: [{ effort: 1, recall: 0.8, cost: 900 }], baseline: [], facts: {} },
    },
  });
  expect(text).toContain('Everything but the training below comes from the journal');
  expect(text).toContain(
    `trained and counted on another processor, with libtorch 2.0, g++ 13 and the contract, players and referee of SHA-256 \`${'e'.repeat(64)}\``,
  );
});

function evidence_(commits: ReadonlyMap<string, string>) {
  const chosen = chooseIndex(state, []);
  const names = { package: 'ann-sample', identifier: 'ann_sample' };
  const sources = {
    names,
    version: '1.0.0',
    metric: 'euclidean',
    journal: 'f'.repeat(64),
    exportedBy: '0.4.0',
    commits,
  } as const;
  return evidenceOf(state, chosen, claimOf(state, chosen), sources);
}

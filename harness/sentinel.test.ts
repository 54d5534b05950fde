import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Campaign } from './campaign-parts.ts';
import type { Evaluator } from './core/evaluation.ts';
import { parseSpec } from './core/spec.ts';
import { CampaignRecord } from './record/campaign-record.ts';
import { sampleScored, sampleSeeds } from './record/sample-campaign.ts';
import { watchDrift } from './sentinel.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-sentinel-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A campaign, an hour in, whose clock shows these ratios of the seed to itself, one a measurement. */
async function campaignShowing(ratios: readonly number[], said: string[]): Promise<Campaign> {
  const spec = parseSpec({ name: 'watched', sentinelMinutes: 10, maxMinutes: 600 });
  const start = { type: 'campaign-started', spec, fingerprint: {} as never, seeds: sampleSeeds } as const;
  const record = await CampaignRecord.open(folder, start);
  const waiting = [...ratios];
  const evaluator = {
    compare: async () => {
      const value = waiting.shift()!;
      return { outcome: sampleScored('indecisive', 1000, value, value - 0.01, value + 0.01) };
    },
  } as unknown as Evaluator;
  const progress = {
    event: (event: { type: string; message?: string }) => event.message && said.push(event.message),
    close: () => {},
  };
  const signal = new AbortController().signal;
  return { record, evaluator, progress, elapsed: () => 3600, signal } as unknown as Campaign;
}

it('goes on where the seed equals itself, and does not look again before it is time', async () => {
  const said: string[] = [];
  const campaign = await campaignShowing([1.005], said);
  await watchDrift(campaign);
  await watchDrift(campaign);
  expect(campaign.record.state.sentinels).toMatchObject([{ drifted: false }]);
  expect(said.join()).not.toContain('paused');
  await campaign.record.close();
});

it('takes one difference for chance and two in a row for drift, and pauses until one holds', async () => {
  const said: string[] = [];
  const campaign = await campaignShowing([1.05, 1.04, 1.03, 1.0], said);
  await watchDrift(campaign, { seconds: 0.001 });
  expect(campaign.record.state.sentinels.map(({ drifted }) => drifted)).toEqual([false, true, true, false]);
  expect(said.filter((line) => line.startsWith('paused'))).toHaveLength(2);
  await campaign.record.close();
});

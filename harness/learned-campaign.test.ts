import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCampaign } from './campaign.ts';
import type { Campaign } from './campaign-parts.ts';
import type { CampaignState } from './core/campaign-state.ts';
import type { ProgressEvent } from './core/progress.ts';
import { parseSpec } from './core/spec.ts';
import { perSlot } from './core/target.ts';
import { heldOutConditions } from './evaluate/held-out.ts';
import { GroupLearner } from './learn/group-learner.ts';
import { GrammarProposer } from './propose/grammar/proposer.ts';
import { poolDraw } from './propose/pool/draw.ts';
import { PromptWriter } from './propose/prompt/compose.ts';
import { CampaignRecord } from './record/campaign-record.ts';
import { findCandidate } from './record/find-candidate.ts';
import { readJournal } from './record/journal.ts';
import { leaderboard } from './record/leaderboard.ts';
import { leaderboardText } from './record/leaderboard-text.ts';
import { eventLine } from './record/live-text.ts';
import { writeReport } from './record/report/write-report.ts';
import { sampleStart } from './record/sample-campaign.ts';
import { candidateDetail, candidateText } from './record/show.ts';
import { campaignState } from './record/state.ts';
import { FakeLearnedEvaluator, fakeGrammars, fakeSeeds } from './testing/fake-learned-target.ts';

/** The figures and words of the graph, which a learned campaign must not show. */
const graphWords = /queries\/s|QPS|build s|nearest neighbours|speed of the seed|NaN|undefined/;

let folder: string;
let state: CampaignState;
const events: ProgressEvent[] = [];
const evaluator = new FakeLearnedEvaluator();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-learned-'));
  const spec = parseSpec({
    name: 'learned',
    target: 'neural-lsh',
    slots: ['router'],
    groupSize: 4,
    maxEvaluations: 11,
    anchor: 1,
    // As often as it goes: nothing may be measured for it.
    sentinelMinutes: 0.001,
  });
  if (sampleStart.type !== 'campaign-started') throw new Error('the sample does not start');
  const record = await CampaignRecord.open(folder, { ...sampleStart, spec, seeds: fakeSeeds });
  let seconds = 0;
  const campaign: Campaign = {
    record,
    proposers: { main: new GrammarProposer(fakeGrammars) },
    evaluator,
    heldOut: { measure: async () => [] },
    learner: new GroupLearner(
      fakeGrammars,
      perSlot('neural-lsh', () => []),
    ),
    progress: { event: (event) => events.push(event), close: () => {} },
    elapsed: () => ++seconds,
    signal: new AbortController().signal,
  };
  await runCampaign(campaign);
  await record.close();
  // What a later command sees.
  state = campaignState(await readJournal(folder));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a grammar campaign on a learned target', () => {
  it('finds what was planted, promotes it on other queries and measures it on yet others', () => {
    expect(JSON.parse(state.champions.router.candidate.source)).toEqual({ net: 'wide', labels: 'soft' });
    expect(state.champions.router.championSpeedup.value).toBeCloseTo(Math.exp(0.13), 6);
    for (const { candidate, promoted } of state.promotions) {
      expect(promoted).toBe(true);
      expect(evaluator.asked).toContain(`promotion ${candidate.id}`);
    }
    expect(state.final?.combined?.speedup.value).toBeCloseTo(Math.exp(0.13), 6);
    expect(state.final?.slots.router?.area).toBeCloseTo(Math.exp(0.23), 6);
    expect(state.final?.slots.partition).toBeNull();
    expect(Object.keys(state.final!.slots)).toEqual(['partition', 'router', 'probing']);
  });

  it('rewards what is scored by its gain over the seed, and what fails below that', () => {
    for (const { outcome, reward } of state.attempts) {
      if (outcome.kind === 'scored') expect(reward).toBeCloseTo(Math.log(outcome.area) - 0.1, 6);
      else expect(reward).toBeLessThan(-1.5);
    }
    expect(state.outcomeCounts['over-limit']).toBe(3);
    expect(state.outcomeCounts['low-recall']).toBe(3);
  });

  it('measures the seed beside itself once, since nothing is timed that could drift', () => {
    expect(state.sentinels).toEqual([]);
    expect(evaluator.asked.filter((asked) => asked === 'search indexes')).toHaveLength(1);
  });

  it('has no held-out conditions', () => {
    expect(heldOutConditions(state.spec)).toEqual([]);
    expect(() => parseSpec({ ...state.spec, heldOut: ['fashion-mnist-784-euclidean'] })).toThrow('no held-out');
  });
});

describe('what is shown of it', () => {
  it('the leaderboard has its units: gain over k-means, training and model', () => {
    const board = leaderboard(state);
    expect(board).toMatchObject({ target: 'neural-lsh', scale: 'campaign' });
    const [best] = board.slots.router.attempts;
    expect(best).toMatchObject({ buildSeconds: null, indexBytes: null, learned: { largestBin: 1.21 } });
    const text = leaderboardText(board);
    expect(text).toContain('learned, neural-lsh (campaign) on mnist-784-euclidean');
    expect(text).toMatch(/x seed \[95 % CI\] +x k-means +train s +KiB +reward/);
    expect(text).toMatch(/1\.139x \[1\.132, 1\.145\] +1\.259 +31\.5 +410\.2 +0\.130/);
    expect(text).toContain('(1.105 -> 1.259 x k-means)');
    expect(text).toContain('over the model-bytes limit of 1024.0 KiB in examine: 3072.0 KiB');
    expect(text).not.toMatch(graphWords);
  });

  it('a candidate has its curve in candidates and its cost', () => {
    const champion = findCandidate(state, state.champions.router.candidate.id);
    const text = candidateText(candidateDetail(state, champion, null));
    expect(text).toContain('1.259 times fewer candidates than k-means');
    expect(text).toContain('train 31.5 s, model 410.2 KiB, multiply-adds a query 105,000, largest bin 1.21x the mean');
    expect(text).toMatch(/bins probed +10-NN accuracy +candidates\n +1 +0\.6200 +1,099/);
    expect(text).not.toMatch(graphWords);
  });

  it('the report has a chart of candidates, and says how it was counted', async () => {
    const page = await readFile(await writeReport(folder, state), 'utf8');
    expect(page).toContain('Candidates against 10-NN accuracy');
    expect(page).toContain('candidates (log scale)');
    expect(page).toContain('Nothing is timed');
    expect(page).toContain('exp(gain in reward) over the seed');
    expect(page).toContain('Training seeds it took to settle: ');
    expect(page).toContain('lineage show main:router.hpp');
    expect(page.replace(/<svg[\s\S]*?<\/svg>/g, '')).not.toMatch(graphWords);
  });

  it('a prompt compares the headers by their rewards, and repairs are asked for in words of a training', async () => {
    const writer = await PromptWriter.open(state.spec);
    const random = () => 0.5;
    const drawn = poolDraw(state.spec, writer.strategyNames)(state, 'router', random);
    const { messages } = writer.compose(state, 'router', drawn);
    const text = messages.map(({ content }) => content).join('\n');
    expect(text).toContain('| bins probed | 10-NN accuracy | candidates |');
    expect(text).toContain('Train 31.5 s, model 410.2 KiB');
    expect(text).toContain('only one that is better than the champion is kept');
    expect(text).toContain('Dataset mnist-784-euclidean (euclidean), at the scale campaign.');
    expect(messages[1]!.content).not.toMatch(graphWords);
    const failed = state.attempts.find(({ outcome }) => outcome.kind === 'over-limit')!;
    expect(writer.repairTurn(failed.candidate, failed.outcome).content).toContain('A cap of the target');
    expect(writer.digest(state, 'router')![1]!.content).toContain('exp(difference of two rewards)');
  });

  it('the live view says the stages of a training', () => {
    const lines = events.flatMap((event) => eventLine(event, null) ?? []);
    expect(lines.some((line) => line.endsWith('  train'))).toBe(true);
    expect(lines.some((line) => line.endsWith('  examine'))).toBe(true);
    expect(lines.some((line) => line.endsWith('  sanitize'))).toBe(false);
    expect(lines.find((line) => line.startsWith('seed '))).toMatch(/^seed 1\.105 x k-means; A\/A 1\.000/);
    expect(lines.join('\n')).not.toMatch(graphWords);
  });
});

it('a journal from before there were targets is one of the graph', () => {
  if (sampleStart.type !== 'campaign-started') throw new Error('the sample does not start');
  const { target: _, ...older } = sampleStart.spec;
  const read = campaignState([{ ...sampleStart, spec: older as typeof sampleStart.spec }]);
  expect(read.spec.target).toBe('graph');
  expect(Object.keys(read.champions)).toEqual(['construction', 'search', 'refinement']);
});

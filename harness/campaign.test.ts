import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCampaign } from './campaign.ts';
import type { Campaign } from './campaign-parts.ts';
import { makeCandidate } from './core/candidate.ts';
import type { Evaluator, HeldOutGate, Index } from './core/evaluation.ts';
import type { Outcome } from './core/outcome.ts';
import type { Choices } from './core/policy.ts';
import type { Grammar } from './core/proposer.ts';
import { parseSpec } from './core/spec.ts';
import { ofSlots, type PerSlot, perSlot } from './core/target.ts';
import { GroupLearner } from './learn/group-learner.ts';
import { GrammarProposer } from './propose/grammar/proposer.ts';
import { CampaignRecord } from './record/campaign-record.ts';

const grammar: Grammar = {
  space: [
    { name: 'width', options: ['8', '4', '16'] },
    { name: 'ahead', options: ['0', '2', '4', '8'] },
  ],
  seedChoices: { width: '8', ahead: '0' },
  emit: (choices: Choices) => JSON.stringify(choices),
};
const grammars: PerSlot<Grammar> = ofSlots('graph', { construction: grammar, search: grammar, refinement: grammar });
const seeds = perSlot('graph', (slot) =>
  makeCandidate({ slot, source: grammar.emit(grammar.seedChoices), parents: [], origin: { proposer: 'seed' } }),
);

/** How fast an index is: 4-bit search codes gain a half, prefetching a little; everything else nothing. */
function speedOf(index: Index): number {
  const { width, ahead } = JSON.parse(index.search.source) as Record<string, string>;
  return (width === '4' ? 1.5 : 1) * (1 + Number(ahead) / 100);
}

/** Measures without noise, and counts what it was asked. */
class ExactEvaluator implements Evaluator {
  readonly asked: string[] = [];
  onCompare: () => void = () => {};

  async prepare(): Promise<void> {}

  async compare(
    challenger: Index,
    champion: Index,
    changed: { id: string } | undefined,
    { queries }: { queries: string },
  ) {
    this.asked.push(`${queries} ${changed?.id ?? 'indexes'}`);
    this.onCompare();
    const value = speedOf(challenger) / speedOf(champion);
    const low = value * 0.99;
    const outcome: Outcome = {
      kind: 'scored',
      verdict: low > 1.01 ? 'accepted' : 'slower',
      area: 1000 * speedOf(challenger),
      curve: [{ effort: 10, recall: 0.96, qps: 1000 * speedOf(challenger) }],
      speedup: { value, low, high: value * 1.01 },
      rounds: 8,
      cost: { buildSeconds: 1, prepareSeconds: 1, indexBytes: 1 },
    };
    return { outcome, champion: { area: 1000 * speedOf(champion), curve: [] } };
  }
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-campaign-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function open(
  evaluator: Evaluator,
  change: object = {},
  signal = new AbortController().signal,
  heldOut: HeldOutGate = { measure: async () => [] },
): Promise<Campaign> {
  const spec = parseSpec({ name: 'loop', slots: ['search'], groupSize: 3, maxEvaluations: 9, anchor: 1, ...change });
  const fingerprint = {} as never;
  const record = await CampaignRecord.open(folder, { type: 'campaign-started', spec, fingerprint, seeds });
  return {
    record,
    proposers: { main: new GrammarProposer(grammars) },
    evaluator,
    heldOut,
    learner: new GroupLearner(grammars, ofSlots('graph', { construction: [], search: [], refinement: [] })),
    progress: { event: () => {}, close: () => {} },
    elapsed: () => 1,
    signal,
  };
}

it('finds the fast option, promotes it on fresh queries, and measures the end result on others', async () => {
  const evaluator = new ExactEvaluator();
  const campaign = await open(evaluator);
  expect(await runCampaign(campaign)).toBe('evaluation-budget');
  const { state } = campaign.record;
  expect(state.attempts).toHaveLength(9);
  expect(JSON.parse(state.champions.search.candidate.source)).toMatchObject({ width: '4' });
  for (const { candidate, promoted } of state.promotions) {
    expect(evaluator.asked).toContain(`promotion ${candidate.id}`);
    expect(promoted).toBe(true);
  }
  expect(state.final?.combined?.speedup.value).toBeGreaterThanOrEqual(1.5);
  expect(state.final?.slots.search?.speedup.value).toBe(state.final?.combined?.speedup.value);
  expect(state.final?.slots.construction).toBeNull();
  expect(evaluator.asked.filter((asked) => asked.startsWith('final'))).toHaveLength(2);
  await campaign.record.close();
});

it('stops between attempts when interrupted, measures nothing more, and goes on where it stopped', async () => {
  const stop = new AbortController();
  const evaluator = new ExactEvaluator();
  // The seed's own measurement is the first; this is the second attempt of the first group.
  evaluator.onCompare = () => evaluator.asked.length === 3 && stop.abort();
  const first = await open(evaluator, {}, stop.signal);
  expect(await runCampaign(first)).toBe('interrupted');
  expect(first.record.state.attempts).toHaveLength(2);
  expect(first.record.state.openGroup?.unattempted).toHaveLength(1);
  expect(evaluator.asked.some((asked) => asked.startsWith('final'))).toBe(false);
  await first.record.close();

  const again = new ExactEvaluator();
  const second = await open(again);
  expect(await runCampaign(second)).toBe('evaluation-budget');
  const attempted = second.record.state.attempts.map(({ candidate }) => candidate.id);
  expect(new Set(attempted).size).toBe(9);
  expect(again.asked.filter((asked) => asked.startsWith('search'))).toHaveLength(7);
  await second.record.close();
});

it('ends as interrupted where the interruption cuts an attempt short, and makes that attempt again', async () => {
  const stop = new AbortController();
  const evaluator = new ExactEvaluator();
  evaluator.onCompare = () => {
    if (evaluator.asked.length !== 3) return;
    stop.abort();
    throw stop.signal.reason;
  };
  const first = await open(evaluator, {}, stop.signal);
  expect(await runCampaign(first)).toBe('interrupted');
  expect(first.record.state.attempts).toHaveLength(1);
  expect(first.record.state.openGroup?.unattempted).toHaveLength(2);
  await first.record.close();

  const second = await open(new ExactEvaluator());
  expect(await runCampaign(second)).toBe('evaluation-budget');
  expect(second.record.state.attempts).toHaveLength(9);
  await second.record.close();
});

it('ends when the grammar has nothing new', async () => {
  const campaign = await open(new ExactEvaluator(), { maxEvaluations: 100 });
  expect(await runCampaign(campaign)).toBe('space-exhausted');
  // All of 3 x 4 but the seed itself.
  expect(campaign.record.state.attempts).toHaveLength(11);
  await campaign.record.close();
});

it('does not promote what loses where the campaign did not train, and says where', async () => {
  const lost: HeldOutGate = {
    measure: async () => [{ condition: 'k=100', outcome: null, lost: true }],
  };
  const campaign = await open(new ExactEvaluator(), {}, undefined, lost);
  await runCampaign(campaign);
  const { promotions, champions, seeds } = campaign.record.state;
  expect(promotions.length).toBeGreaterThan(0);
  for (const { promoted, heldOut } of promotions) {
    expect(promoted).toBe(false);
    expect(heldOut).toEqual([{ condition: 'k=100', outcome: null, lost: true }]);
  }
  expect(champions.search.candidate.id).toBe(seeds.search.id);
  await campaign.record.close();
});

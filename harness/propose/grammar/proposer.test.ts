import { describe, expect, it } from 'vitest';
import type { CampaignState } from '../../core/campaign-state.ts';
import { type Candidate, makeCandidate } from '../../core/candidate.ts';
import type { Choices } from '../../core/policy.ts';
import type { Grammar } from '../../core/proposer.ts';
import { parseSpec } from '../../core/spec.ts';
import { ofSlots, perSlot } from '../../core/target.ts';
import { campaignState } from '../../record/state.ts';
import { GrammarProposer } from './proposer.ts';

const grammar: Grammar = {
  space: [
    { name: 'width', options: ['8', '4', '16'] },
    { name: 'rotate', options: ['no', 'yes'], when: ({ width }) => width === '4' },
    { name: 'ahead', options: ['0', '2', '4', '8'] },
  ],
  seedChoices: { width: '8', ahead: '2' },
  emit: (choices: Choices) => JSON.stringify(choices),
};
const seeds = perSlot('graph', (slot) =>
  makeCandidate({ slot, source: grammar.emit(grammar.seedChoices), parents: [], origin: { proposer: 'seed' } }),
);
const proposer = new GrammarProposer(ofSlots('graph', { construction: grammar, search: grammar, refinement: grammar }));

function stateOf({ seed = 1, ...change }: Partial<CampaignState> & { seed?: number } = {}): CampaignState {
  const start = { type: 'campaign-started', fingerprint: {} as never, seeds } as const;
  return { ...campaignState([{ ...start, spec: parseSpec({ name: 'a', anchor: 2, seed }) }]), ...change };
}

const propose = async (group: number, state: CampaignState) =>
  (await proposer.open({ group, slot: 'search', count: 5, state }))?.candidates ?? [];

describe('a group of the grammar proposer', () => {
  it('holds as many distinct candidates as asked for, each with choices and parent', async () => {
    const candidates = await propose(1, stateOf());
    expect(new Set(candidates.map(({ id }) => id)).size).toBe(5);
    for (const { origin, parents, source } of candidates) {
      expect(parents).toEqual([seeds.search.id]);
      expect(origin.proposer === 'grammar' && grammar.emit(origin.choices)).toBe(source);
    }
  });

  it('is the same for the same campaign seed and group, and another for another', async () => {
    const ids = async (group: number, seed: number) => (await propose(group, stateOf({ seed }))).map(({ id }) => id);
    expect(await ids(1, 1)).toEqual(await ids(1, 1));
    expect(await ids(2, 1)).not.toEqual(await ids(1, 1));
    expect(await ids(1, 2)).not.toEqual(await ids(1, 1));
  });

  it('never holds what was proposed before, and runs dry when everything was', async () => {
    const known = new Map<string, Candidate>();
    const state = stateOf({ candidates: known });
    // 3 widths x 4 distances, and twice 4 for the width that may rotate.
    for (let group = 1; group < 40; ++group) {
      for (const candidate of await propose(group, state)) {
        expect(known.has(candidate.id)).toBe(false);
        known.set(candidate.id, candidate);
      }
    }
    expect(known.size).toBe(16);
    expect(await proposer.open({ group: 41, slot: 'search', count: 5, state })).toBeNull();
  });

  it('favours the champion by its anchor, on top of what was learned', async () => {
    const learned = { width: [0, 1, 0], rotate: [0, 0], ahead: [0, 0, 0, 0] };
    const policies = ofSlots('graph', {
      construction: null,
      refinement: null,
      search: { reference: learned, current: learned },
    });
    const plan = await proposer.open({ group: 1, slot: 'search', count: 5, state: stateOf({ policies }) });
    expect(plan?.logits).toEqual({ width: [2, 1, 0], rotate: [0, 0], ahead: [0, 2, 0, 0] });
  });
});

import { describe, expect, it } from 'vitest';
import { makeCandidate } from '../../core/candidate.ts';
import type { Choices } from '../../core/policy.ts';
import type { Grammar, ProposalRequest } from '../../core/proposer.ts';
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
const seed = (slot: 'construction' | 'search' | 'refinement') =>
  makeCandidate({ slot, source: grammar.emit(grammar.seedChoices), parents: [], origin: { proposer: 'seed' } });
const champions = { construction: seed('construction'), search: seed('search'), refinement: seed('refinement') };
const request: ProposalRequest = {
  group: 1,
  slot: 'search',
  count: 5,
  champions,
  logits: undefined,
  known: new Set(),
  seed: 1,
};
const proposer = new GrammarProposer({ construction: grammar, search: grammar, refinement: grammar }, 2);

describe('a group of the grammar proposer', () => {
  it('holds as many distinct candidates as asked for, each with choices and parent', async () => {
    const { candidates } = await proposer.propose(request);
    expect(new Set(candidates.map(({ id }) => id)).size).toBe(5);
    for (const { origin, parents, source } of candidates) {
      expect(parents).toEqual([champions.search.id]);
      expect(origin.proposer === 'grammar' && grammar.emit(origin.choices)).toBe(source);
    }
  });

  it('is the same for the same campaign seed and group, and another for another', async () => {
    const ids = async (change: Partial<ProposalRequest>) =>
      (await proposer.propose({ ...request, ...change })).candidates.map(({ id }) => id);
    expect(await ids({})).toEqual(await ids({}));
    expect(await ids({ group: 2 })).not.toEqual(await ids({}));
    expect(await ids({ seed: 2 })).not.toEqual(await ids({}));
  });

  it('never holds what was proposed before, and runs dry when everything was', async () => {
    const known = new Set<string>();
    // 3 widths x 4 distances, and twice 4 for the width that may rotate.
    for (let group = 1; group < 40; ++group) {
      const { candidates } = await proposer.propose({ ...request, group, known });
      for (const { id } of candidates) {
        expect(known.has(id)).toBe(false);
        known.add(id);
      }
    }
    expect(known.size).toBe(16);
    expect((await proposer.propose({ ...request, group: 41, known })).candidates).toEqual([]);
  });

  it('favours the champion by its anchor, on top of what was learned', async () => {
    const learned = { width: [0, 1, 0], rotate: [0, 0], ahead: [0, 0, 0, 0] };
    const { logits } = await proposer.propose({ ...request, logits: learned });
    expect(logits).toEqual({ width: [2, 1, 0], rotate: [0, 0], ahead: [0, 2, 0, 0] });
  });
});

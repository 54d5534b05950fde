import { type Candidate, makeCandidate } from '../../core/candidate.ts';
import { addLogits, sampleChoices } from '../../core/policy.ts';
import {
  championAnchor,
  type Grammar,
  type Proposal,
  type ProposalRequest,
  type Proposer,
} from '../../core/proposer.ts';
import { seededRandom } from '../../core/random.ts';
import type { PerSlot } from '../../core/target.ts';

/** Draws per wanted candidate before the neighbourhood counts as exhausted. */
const patience = 200;

/**
 * Proposes headers drawn from a slot's grammar by its categorical policy. The policy is conditioned on the champion
 * (`championAnchor`), so that proposals vary what is best so far and not the seed.
 */
export class GrammarProposer implements Proposer {
  readonly #grammars: PerSlot<Grammar>;
  readonly #anchor: number;

  constructor(grammars: PerSlot<Grammar>, anchor: number) {
    this.#grammars = grammars;
    this.#anchor = anchor;
  }

  async propose({ group, slot, count, champions, logits, known, seed }: ProposalRequest): Promise<Proposal> {
    const { space, emit } = this.#grammars[slot];
    const champion = champions[slot];
    const anchor = championAnchor(this.#grammars[slot], champion, this.#anchor);
    const conditioned = logits ? addLogits(logits, anchor) : anchor;
    const random = seededRandom(seed, 'proposal', group);
    const drawn = new Map<string, Candidate>();
    for (let draws = 0; drawn.size < count && draws < count * patience; ++draws) {
      const choices = sampleChoices(space, conditioned, random);
      const origin = { proposer: 'grammar', choices } as const;
      const candidate = makeCandidate({ slot, source: emit(choices), parents: [champion.id], origin });
      if (!known.has(candidate.id)) drawn.set(candidate.id, candidate);
    }
    return { candidates: [...drawn.values()], logits: conditioned };
  }
}

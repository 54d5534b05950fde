import type { Candidate } from './candidate.ts';
import type { Index } from './evaluation.ts';
import { type Choices, type Decision, initialLogits, type Logits } from './policy.ts';
import type { Slot } from './target.ts';

/** What a group is asked for with. */
export interface ProposalRequest {
  readonly group: number;
  readonly slot: Slot;
  readonly count: number;
  readonly champions: Index;
  /** The slot's policy as learned so far; undefined before its first group. */
  readonly logits: Logits | undefined;
  /** Ids proposed before: a candidate is never proposed twice. */
  readonly known: ReadonlySet<string>;
  readonly seed: number;
}

export interface Proposal {
  readonly candidates: readonly Candidate[];
  /** The policy that drew them: what a ratio's old probabilities are taken from. */
  readonly logits: Logits;
}

/** A source of candidates. An empty proposal means that it knows nothing new for this slot. */
export interface Proposer {
  propose(request: ProposalRequest): Promise<Proposal>;
}

/** A slot's grammar: its decisions, the choices that give the seed, and the header that a choice stands for. */
export interface Grammar {
  readonly space: readonly Decision[];
  readonly seedChoices: Choices;
  readonly emit: (choices: Choices) => string;
}

/**
 * What conditions a policy on the champion: its own choices get `anchor` nats more, so that proposals are variations of what
 * is best so far. The shift is added before drawing and taken off after learning.
 */
export function championAnchor(grammar: Grammar, champion: Candidate, anchor: number): Logits {
  const choices = champion.origin.proposer === 'grammar' ? champion.origin.choices : grammar.seedChoices;
  return initialLogits(grammar.space, choices, anchor);
}

import type { CampaignState } from './core/campaign-state.ts';
import type { Candidate } from './core/candidate.ts';
import type { Evaluator, HeldOutGate } from './core/evaluation.ts';
import type { ProgressView } from './core/progress.ts';
import type { Proposer } from './core/proposer.ts';
import type { Arm } from './core/spec.ts';
import { type PerSlot, perSlot } from './core/target.ts';
import type { Learner } from './learn/learner.ts';
import type { CampaignRecord } from './record/campaign-record.ts';

/** What a campaign works with; made by the composition root. */
export interface Campaign {
  readonly record: CampaignRecord;
  /** The campaign's own proposer and its controls. */
  readonly proposers: Readonly<Partial<Record<Arm, Proposer>>> & { readonly main: Proposer };
  readonly evaluator: Evaluator;
  readonly heldOut: HeldOutGate;
  readonly learner: Learner;
  readonly progress: ProgressView;
  /** Seconds of campaign time, carried on from before a resume. */
  readonly elapsed: () => number;
  readonly signal: AbortSignal;
}

export function championsOf(state: CampaignState): PerSlot<Candidate> {
  return perSlot(state.spec.target, (slot) => state.champions[slot].candidate);
}

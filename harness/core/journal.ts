import type { Candidate } from './candidate.ts';
import type { Portability } from './evaluation.ts';
import type { Fingerprint } from './machine.ts';
import type { HeldOutResult, Outcome, Scored, StageSeconds } from './outcome.ts';
import type { Logits } from './policy.ts';
import type { CampaignSpec } from './spec.ts';
import type { PerSlot, Slot } from './target.ts';

/** The final measurement, on queries that no attempt was scored on: each ratio is of areas, against the seed index. */
export interface FinalMeasurement {
  /** Every slot's champion together. */
  readonly combined: Scored | null;
  /** The seed index with only this slot's champion in place; null where the slot kept its seed or the pair misses the window. */
  readonly slots: PerSlot<Scored | null>;
  /** The seed index's own curve in the combined comparison. */
  readonly seed: Scored | null;
  /** Every champion together against the seed, under conditions that the campaign did not train on. */
  readonly heldOut?: readonly HeldOutResult[];
}

/** Why a campaign ended. */
export type StopReason = 'time-budget' | 'evaluation-budget' | 'interrupted' | 'space-exhausted';

/** What a campaign's journal says, one entry a line, in the order things became true. */
export type JournalEntry =
  | {
      readonly type: 'campaign-started';
      readonly spec: CampaignSpec;
      readonly fingerprint: Fingerprint;
      readonly seeds: PerSlot<Candidate>;
    }
  /** The seed index's own outcome (measured beside itself): what the caps and rewards are relative to. */
  | { readonly type: 'seed-measured'; readonly outcome: Scored }
  /** A group is durable before any of it is evaluated. `logits` is the policy that drew it (old policy of GRPO's ratio). */
  | {
      readonly type: 'group-proposed';
      readonly group: number;
      readonly slot: Slot;
      readonly champions: PerSlot<string>;
      readonly candidates: readonly Candidate[];
      readonly logits: Logits;
    }
  /** `reward` is relative to the seed; `elapsedSeconds` counts campaign time, without pauses between resumes. */
  | {
      readonly type: 'attempt-finished';
      readonly group: number;
      readonly candidate: string;
      readonly outcome: Outcome;
      readonly reward: number;
      readonly seconds?: StageSeconds;
      readonly elapsedSeconds: number;
    }
  /** The seed beside itself again: `drifted` says that the clock showed a difference where there is none, twice in a row. */
  | {
      readonly type: 'sentinel-measured';
      readonly outcome: Scored;
      readonly drifted: boolean;
      readonly elapsedSeconds: number;
    }
  /**
   * The promotion measurement on its own queries; `promoted` says that the interval cleared the required gain again, and that
   * nothing was lost under the held-out conditions (measured only where it did).
   */
  | {
      readonly type: 'promotion-measured';
      readonly group: number;
      readonly candidate: string;
      readonly outcome: Outcome;
      readonly heldOut?: readonly HeldOutResult[];
      readonly portable?: Portability;
      readonly promoted: boolean;
      readonly elapsedSeconds: number;
    }
  | {
      readonly type: 'group-finished';
      readonly group: number;
      readonly slot: Slot;
      /** Advantage by candidate id; only those that took part in the normalisation. */
      readonly advantages: Readonly<Record<string, number>>;
      /** The slot's policy after the update. */
      readonly logits: Logits;
      readonly elapsedSeconds: number;
    }
  | { readonly type: 'final-measured'; readonly final: FinalMeasurement; readonly elapsedSeconds: number }
  | { readonly type: 'campaign-finished'; readonly reason: StopReason; readonly elapsedSeconds: number }
  /** The user asked for more: the spec from here on. */
  | { readonly type: 'campaign-extended'; readonly spec: CampaignSpec };

export type EntryOf<T extends JournalEntry['type']> = Extract<JournalEntry, { type: T }>;

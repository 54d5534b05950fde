import type { Attempt, CampaignState } from '../core/campaign-state.ts';
import { type IndexCost, isGraphCost, type LearnedCost } from '../core/index-cost.ts';
import type { FinalMeasurement, StopReason } from '../core/journal.ts';
import { type Fingerprint, fingerprintHash } from '../core/machine.ts';
import { describeOutcome, type HeldOutResult, type Interval, type OutcomeKind } from '../core/outcome.ts';
import { multiplyRatios, speedupOverSeed, unity } from '../core/ratio.ts';
import type { Arm } from '../core/spec.ts';
import { type PerSlot, perSlot, type Slot, slotsOf, type Target } from '../core/target.ts';
import { type ArmStanding, armStandings, type SelfComparison, selfComparison } from './arms.ts';

/** One attempt. Speed-ups are against the slot's seed; what was not measured is null. */
export interface LeaderboardRow {
  readonly attempt: number;
  readonly candidate: string;
  readonly parent: string | null;
  readonly kind: OutcomeKind;
  /** One line: how it stood against the champion it was timed beside, or how it failed. */
  readonly outcome: string;
  readonly area: number | null;
  readonly speedup: Interval | null;
  /** Of a graph. */
  readonly buildSeconds: number | null;
  readonly indexBytes: number | null;
  /** Of a learned index: training, model, copies and what else its target counts. */
  readonly learned: LearnedCost | null;
  readonly reward: number;
  readonly arm: Arm;
  /** Whether a second measurement made it champion; null where it was never measured again. */
  readonly promoted: boolean | null;
  /** Of the conditions it was measured under: rows whose conditions differ are never ranked together. */
  readonly fingerprint: string;
}

/** A figure from the final measurement or, where `provisional`, chained from the promotions so far. */
export interface LeaderboardChampion {
  readonly id: string;
  readonly parent: string | null;
  readonly isSeed: boolean;
  /** Against the seed: exactly 1 where the slot kept it. */
  readonly speedup: Interval;
  readonly area: number | null;
  readonly provisional: boolean;
}

/** What a campaign has found. `annvil leaderboard NAME --json` prints exactly this. */
export interface Leaderboard {
  readonly campaign: string;
  readonly target: Target;
  /** The settings of a learned target. */
  readonly scale: string | null;
  readonly dataset: string;
  readonly fingerprint: Fingerprint;
  readonly status: 'unfinished' | 'finished';
  readonly stopReason: StopReason | null;
  readonly elapsedSeconds: number;
  readonly combined: {
    /** Every champion together against the seed index; null where together they miss the window. */
    readonly speedup: Interval | null;
    readonly area: number | null;
    readonly seedArea: number | null;
    readonly provisional: boolean;
  };
  /** Every champion together against the seed where the campaign did not train; while provisional, the last promotion's own. */
  readonly heldOut: readonly HeldOutResult[];
  readonly slots: PerSlot<{
    /** Id of the header it started from. */
    readonly seed: string;
    readonly champion: LeaderboardChampion;
    readonly attempts: readonly LeaderboardRow[];
  }>;
  readonly attempts: Readonly<Record<OutcomeKind, number>>;
  /** The campaign's own proposer and its controls, side by side. */
  readonly arms: readonly ArmStanding[];
  /** A/A: null before the seed was first measured. */
  readonly selfComparison: SelfComparison | null;
}

export function leaderboard(state: CampaignState): Leaderboard {
  const { target, scale } = state.spec;
  const slots = perSlot(target, (slot) => {
    const rows = state.attempts.filter((attempt) => attempt.slot === slot).map((attempt) => row(attempt, state));
    return { seed: state.seeds[slot].id, champion: champion(slot, state), attempts: rows.sort(fastestFirst) };
  });
  return {
    campaign: state.spec.name,
    target,
    scale: scale ?? null,
    dataset: state.spec.dataset,
    fingerprint: state.fingerprint,
    status: state.stopReason ? 'finished' : 'unfinished',
    stopReason: state.stopReason,
    elapsedSeconds: state.elapsedSeconds,
    combined: combined(state),
    heldOut: state.final
      ? (state.final.heldOut ?? [])
      : (state.promotions.findLast(({ promoted }) => promoted)?.heldOut ?? []),
    slots,
    attempts: state.outcomeCounts,
    arms: armStandings(state),
    selfComparison: selfComparison(state),
  };
}

function combined(state: CampaignState): Leaderboard['combined'] {
  const seedArea = state.final?.seed?.area ?? state.seedOutcome?.area ?? null;
  if (keptEverySeed(state)) return { speedup: unity, area: seedArea, seedArea, provisional: !state.final };
  if (state.final) return { ...measured(state.final), seedArea, provisional: false };
  // The last promotion was measured with every other champion in place, so its area is theirs together.
  const last = state.promotions.findLast((promotion) => promotion.promoted)!;
  const area = last.outcome.kind === 'scored' ? last.outcome.area : null;
  const speedup = multiplyRatios(...slotsOf(state.spec.target).map((slot) => state.champions[slot].championSpeedup));
  return { speedup, area, seedArea, provisional: true };
}

function measured({ combined }: FinalMeasurement): { speedup: Interval | null; area: number | null } {
  return { speedup: combined?.speedup ?? null, area: combined?.area ?? null };
}

function keptEverySeed(state: CampaignState): boolean {
  return slotsOf(state.spec.target).every((slot) => state.champions[slot].candidate.id === state.seeds[slot].id);
}

function champion(slot: Slot, state: CampaignState): LeaderboardChampion {
  const { candidate, championSpeedup } = state.champions[slot];
  const isSeed = candidate.id === state.seeds[slot].id;
  const identity = { id: candidate.id, parent: candidate.parents[0] ?? null, isSeed };
  const seedArea = state.final?.seed?.area ?? state.seedOutcome?.area ?? null;
  if (isSeed) return { ...identity, speedup: unity, area: seedArea, provisional: false };
  const final = state.final?.slots[slot];
  if (final) return { ...identity, speedup: final.speedup, area: final.area, provisional: false };
  const { outcome } = state.promotions.findLast((promotion) => promotion.promoted && promotion.slot === slot)!;
  return {
    ...identity,
    speedup: championSpeedup,
    area: outcome.kind === 'scored' ? outcome.area : null,
    provisional: true,
  };
}

function row(attempt: Attempt, { promotions, fingerprint, groups }: CampaignState): LeaderboardRow {
  const { candidate, outcome } = attempt;
  const scored = outcome.kind === 'scored' ? outcome : null;
  const promotion = promotions.find(({ group, candidate: { id } }) => group === attempt.group && id === candidate.id);
  return {
    attempt: attempt.number,
    candidate: candidate.id,
    parent: candidate.parents[0] ?? null,
    kind: outcome.kind,
    outcome: describeOutcome(outcome),
    area: scored?.area ?? null,
    speedup: speedupOverSeed(attempt),
    ...costOf(scored?.cost),
    reward: attempt.reward,
    arm: groups.find(({ group }) => group === attempt.group)!.arm,
    promoted: promotion?.promoted ?? null,
    fingerprint: fingerprintHash(fingerprint),
  };
}

function costOf(cost: IndexCost | undefined): Pick<LeaderboardRow, 'buildSeconds' | 'indexBytes' | 'learned'> {
  const nothing = { buildSeconds: null, indexBytes: null, learned: null };
  if (!cost) return nothing;
  if (!isGraphCost(cost)) return { ...nothing, learned: cost };
  return { ...nothing, buildSeconds: cost.buildSeconds, indexBytes: cost.indexBytes };
}

/** Failures come last, in the order they happened. */
function fastestFirst(one: LeaderboardRow, other: LeaderboardRow): number {
  return (other.speedup?.value ?? 0) - (one.speedup?.value ?? 0) || one.attempt - other.attempt;
}

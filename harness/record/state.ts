import type { Candidate } from '../core/candidate.ts';
import { HarnessError } from '../core/errors.ts';
import type { EntryOf, FinalMeasurement, JournalEntry, StopReason } from '../core/journal.ts';
import type { Fingerprint } from '../core/machine.ts';
import {
  type HeldOutResult,
  type Interval,
  type Outcome,
  type OutcomeKind,
  outcomeKinds,
  type Scored,
  type StageSeconds,
  unreachable,
} from '../core/outcome.ts';
import type { Logits } from '../core/policy.ts';
import type { CampaignSpec } from '../core/spec.ts';
import { graphSlots, type PerSlot, type Slot } from '../core/target.ts';
import { multiplyRatios, unity } from './ratio.ts';

/** The accepted best header of a slot. */
export interface Champion {
  readonly candidate: Candidate;
  /** Over the slot's seed: the product of the ratios at which its line of champions was promoted. */
  readonly championSpeedup: Interval;
}

/** One evaluation, in the order of the journal. */
export interface Attempt {
  /** Counts from 1 over the campaign. */
  readonly number: number;
  readonly group: number;
  readonly slot: Slot;
  readonly candidate: Candidate;
  readonly outcome: Outcome;
  readonly reward: number;
  /** Wall seconds by stage; empty in journals that do not say. */
  readonly seconds: StageSeconds;
  readonly elapsedSeconds: number;
  /** Over the slot's seed: of the champion it was timed beside. */
  readonly championSpeedup: Interval;
}

/** The second measurement of an accepted candidate. */
export interface Promotion {
  readonly group: number;
  readonly slot: Slot;
  readonly candidate: Candidate;
  readonly outcome: Outcome;
  /** Empty where the second measurement itself did not hold. */
  readonly heldOut: readonly HeldOutResult[];
  readonly promoted: boolean;
  /** Attempts finished before it. */
  readonly afterAttempt: number;
  /** Every champion together over the seed index, once this was decided. */
  readonly combinedSpeedup: Interval;
  readonly elapsedSeconds: number;
}

/** Candidates drawn from one policy, and what became of them. */
export interface Group {
  readonly group: number;
  readonly slot: Slot;
  /** Ids of the champions it was measured with. */
  readonly champions: PerSlot<string>;
  readonly candidates: readonly Candidate[];
  /** The policy that drew it. */
  readonly logits: Logits;
  readonly attempts: readonly Attempt[];
  readonly promotions: readonly Promotion[];
  readonly finished: EntryOf<'group-finished'> | null;
}

/** The group under way: what a resumed campaign has still to do. */
export interface OpenGroup extends Group {
  /** Candidates without an attempt; one that was drawn twice stands here once for each attempt it lacks. */
  readonly unattempted: readonly Candidate[];
  /** Accepted candidates that are to be measured a second time, fastest first. */
  readonly awaitingPromotion: readonly Candidate[];
}

/** A slot's policy: where it began (what KL is measured to) and where it stands. */
export interface SlotPolicy {
  readonly reference: Logits;
  readonly current: Logits;
}

/** Everything a journal says, folded; nothing here comes from anywhere else. */
export interface CampaignState {
  readonly spec: CampaignSpec;
  readonly fingerprint: Fingerprint;
  readonly seeds: PerSlot<Candidate>;
  readonly seedOutcome: Scored | null;
  readonly champions: PerSlot<Champion>;
  readonly policies: PerSlot<SlotPolicy | null>;
  /** Every known candidate by id, seeds first, then in the order proposed. */
  readonly candidates: ReadonlyMap<string, Candidate>;
  readonly groups: readonly Group[];
  readonly openGroup: OpenGroup | null;
  readonly attempts: readonly Attempt[];
  readonly promotions: readonly Promotion[];
  readonly outcomeCounts: Readonly<Record<OutcomeKind, number>>;
  readonly elapsedSeconds: number;
  /** Campaign time at which the seed was last measured beside itself. */
  readonly lastSentinelSeconds: number;
  readonly sentinels: readonly EntryOf<'sentinel-measured'>[];
  /** Of the present champions; null again once another is promoted. */
  readonly final: FinalMeasurement | null;
  /** Why the campaign ended; null while it has more to do. */
  readonly stopReason: StopReason | null;
}

/** Second measurements a group: each costs as much as an attempt, and more where it holds. */
const mostElites = 3;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type GroupDraft = Mutable<Group> & { attempts: Attempt[]; promotions: Promotion[] };

/** Replays a journal. @throws HarnessError where the entries do not begin with `campaign-started` or contradict each other */
export function campaignState(entries: readonly JournalEntry[]): CampaignState {
  const [start, ...rest] = entries;
  if (start?.type !== 'campaign-started') {
    throw new HarnessError(
      `the journal ${start ? `begins with ${start.type}` : 'is empty'}: the campaign died before it began; remove its folder and start again`,
    );
  }
  const groups = new Map<number, GroupDraft>();
  const candidates = new Map(graphSlots.map((slot) => [start.seeds[slot].id, start.seeds[slot]]));
  const champions = perSlot<Champion>((slot) => ({ candidate: start.seeds[slot], championSpeedup: unity }));
  const policies = perSlot<SlotPolicy | null>(() => null);
  const attempts: Attempt[] = [];
  const promotions: Promotion[] = [];
  const sentinels: EntryOf<'sentinel-measured'>[] = [];
  const outcomeCounts = Object.fromEntries(outcomeKinds.map((kind) => [kind, 0])) as Record<OutcomeKind, number>;
  let spec = start.spec;
  let seedOutcome: Scored | null = null;
  let elapsedSeconds = 0;
  let final: FinalMeasurement | null = null;
  let stopReason: StopReason | null = null;

  const groupOf = (entry: { readonly type: string; readonly group: number }): GroupDraft => {
    const group = groups.get(entry.group);
    if (!group) throw new HarnessError(`journal: ${entry.type} names group ${entry.group}, which was never proposed`);
    return group;
  };
  const candidateOf = (group: Group, id: string): Candidate => {
    const candidate = group.candidates.find((proposed) => proposed.id === id);
    if (!candidate) throw new HarnessError(`journal: group ${group.group} never proposed ${id}`);
    return candidate;
  };

  for (const entry of rest) {
    if ('elapsedSeconds' in entry) elapsedSeconds = Math.max(elapsedSeconds, entry.elapsedSeconds);
    // A resumed campaign goes on after its end: whatever follows takes the end back.
    stopReason = entry.type === 'campaign-finished' ? entry.reason : null;
    switch (entry.type) {
      case 'campaign-started':
        throw new HarnessError('journal: campaign-started stands twice; two campaigns were written into one folder');
      case 'campaign-extended':
        spec = entry.spec;
        break;
      case 'seed-measured':
        seedOutcome = entry.outcome;
        break;
      case 'sentinel-measured':
        sentinels.push(entry);
        break;
      case 'group-proposed': {
        const { type: _, ...proposed } = entry;
        groups.set(entry.group, { ...proposed, attempts: [], promotions: [], finished: null });
        for (const candidate of entry.candidates)
          if (!candidates.has(candidate.id)) candidates.set(candidate.id, candidate);
        policies[entry.slot] ??= { reference: entry.logits, current: entry.logits };
        break;
      }
      case 'attempt-finished': {
        const group = groupOf(entry);
        const attempt: Attempt = {
          number: attempts.length + 1,
          group: group.group,
          slot: group.slot,
          candidate: candidateOf(group, entry.candidate),
          outcome: entry.outcome,
          reward: entry.reward,
          seconds: entry.seconds ?? {},
          elapsedSeconds: entry.elapsedSeconds,
          championSpeedup: champions[group.slot].championSpeedup,
        };
        attempts.push(attempt);
        group.attempts.push(attempt);
        outcomeCounts[entry.outcome.kind] += 1;
        break;
      }
      case 'promotion-measured': {
        const group = groupOf(entry);
        const candidate = candidateOf(group, entry.candidate);
        if (entry.promoted) {
          if (entry.outcome.kind !== 'scored')
            throw new HarnessError(`journal: ${entry.candidate} was promoted without a score`);
          const championSpeedup = multiplyRatios(champions[group.slot].championSpeedup, entry.outcome.speedup);
          champions[group.slot] = { candidate, championSpeedup };
          final = null;
        }
        const promotion: Promotion = {
          group: group.group,
          slot: group.slot,
          candidate,
          outcome: entry.outcome,
          heldOut: entry.heldOut ?? [],
          promoted: entry.promoted,
          afterAttempt: attempts.length,
          combinedSpeedup: multiplyRatios(...graphSlots.map((slot) => champions[slot].championSpeedup)),
          elapsedSeconds: entry.elapsedSeconds,
        };
        promotions.push(promotion);
        group.promotions.push(promotion);
        break;
      }
      case 'group-finished': {
        const group = groupOf(entry);
        group.finished = entry;
        policies[group.slot] = { reference: policies[group.slot]?.reference ?? entry.logits, current: entry.logits };
        break;
      }
      case 'final-measured':
        final = entry.final;
        break;
      case 'campaign-finished':
        break;
      default:
        unreachable(entry);
    }
  }

  const inOrder = [...groups.values()];
  const open = inOrder.find((group) => !group.finished);
  return {
    spec,
    fingerprint: start.fingerprint,
    seeds: start.seeds,
    seedOutcome,
    champions,
    policies,
    candidates,
    groups: inOrder,
    openGroup: open ? openGroup(open) : null,
    attempts,
    promotions,
    outcomeCounts,
    elapsedSeconds,
    lastSentinelSeconds: sentinels.at(-1)?.elapsedSeconds ?? 0,
    sentinels,
    final,
    stopReason,
  };
}

/** How fast an attempt was against its slot's seed; null where it was not scored. */
export function speedupOverSeed({
  outcome,
  championSpeedup,
}: Pick<Attempt, 'outcome' | 'championSpeedup'>): Interval | null {
  return outcome.kind === 'scored' ? multiplyRatios(championSpeedup, outcome.speedup) : null;
}

function openGroup(group: Group): OpenGroup {
  const attempted = group.attempts.map((attempt) => attempt.candidate.id);
  const unattempted = group.candidates.filter(({ id }) => {
    const index = attempted.indexOf(id);
    if (index >= 0) attempted.splice(index, 1);
    return index < 0;
  });
  return { ...group, unattempted, awaitingPromotion: elitesWaiting(group) };
}

/** Accepted candidates whose intervals reach the best one's, fastest first; which of them is best, fresh queries decide. */
function elitesWaiting({ attempts, promotions }: Group): Candidate[] {
  const accepted = attempts
    .flatMap(({ candidate, outcome }) =>
      outcome.kind === 'scored' && outcome.verdict === 'accepted' ? [{ candidate, speedup: outcome.speedup }] : [],
    )
    .sort((one, other) => other.speedup.value - one.speedup.value);
  const best = accepted[0];
  const settled = new Set(promotions.map(({ candidate }) => candidate.id));
  const promoted = promotions.some((promotion) => promotion.promoted);
  return accepted
    .filter(({ candidate: { id }, speedup }) => !settled.has(id) && (!promoted || speedup.high >= best!.speedup.low))
    .slice(0, Math.max(0, mostElites - settled.size))
    .map(({ candidate }) => candidate);
}

function perSlot<T>(make: (slot: Slot) => T): PerSlot<T> {
  return Object.fromEntries(graphSlots.map((slot) => [slot, make(slot)])) as PerSlot<T>;
}

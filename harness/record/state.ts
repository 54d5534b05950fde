import type {
  Attempt,
  CampaignState,
  Champion,
  Exchange,
  Group,
  OpenGroup,
  Promotion,
  SlotPolicy,
} from '../core/campaign-state.ts';
import type { Candidate, Refusal } from '../core/candidate.ts';
import { HarnessError } from '../core/errors.ts';
import type { EntryOf, FinalMeasurement, JournalEntry, StopReason } from '../core/journal.ts';
import { type OutcomeKind, outcomeKinds, type Scored, unreachable } from '../core/outcome.ts';
import type { PoolLogits } from '../core/prompt.ts';
import { multiplyRatios, unity } from '../core/ratio.ts';
import { type CampaignSpec, parseSpec } from '../core/spec.ts';
import { perSlot as perSlotOf, type Slot, slotsOf } from '../core/target.ts';
import { ledgerOf } from './ledger.ts';

/** Second measurements a group: each costs as much as an attempt, and more where it holds. */
const mostElites = 3;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type GroupDraft = Mutable<Group> & {
  candidates: Candidate[];
  refusals: Map<string, Refusal>;
  attempts: Attempt[];
  promotions: Promotion[];
};

/** Replays a journal. @throws HarnessError where the entries do not begin with `campaign-started` or contradict each other */
export function campaignState(entries: readonly JournalEntry[]): CampaignState {
  const [start, ...rest] = entries;
  if (start?.type !== 'campaign-started') {
    throw new HarnessError(
      `the journal ${start ? `begins with ${start.type}` : 'is empty'}: the campaign died before it began; remove its folder and start again`,
    );
  }
  // Fields that came to be after a journal was begun stand at their defaults.
  const { name, target = 'graph' } = start.spec;
  let spec: CampaignSpec = { ...parseSpec({ name, target }), ...start.spec };
  const slots: readonly Slot[] = slotsOf(target);
  const perSlot = <T>(make: (slot: Slot) => T) => perSlotOf(target, make);
  const groups = new Map<number, GroupDraft>();
  const candidates = new Map(slots.map((slot) => [start.seeds[slot].id, start.seeds[slot]]));
  const champions = perSlot<Champion>((slot) => ({ candidate: start.seeds[slot], championSpeedup: unity }));
  const policies = perSlot<SlotPolicy | null>(() => null);
  const attempts: Attempt[] = [];
  const promotions: Promotion[] = [];
  const sentinels: EntryOf<'sentinel-measured'>[] = [];
  const pools = perSlot<PoolLogits>(() => ({}));
  const digests = perSlot<CampaignState['digests'][Slot]>(() => null);
  const exchanges = new Map<string, Exchange>();
  const outcomeCounts = Object.fromEntries(outcomeKinds.map((kind) => [kind, 0])) as Record<OutcomeKind, number>;
  let seedOutcome: Scored | null = null;
  let elapsedSeconds = 0;
  let evaluationSeconds = 0;
  let final: FinalMeasurement | null = null;
  let stopReason: StopReason | null = null;
  let stopDetail: string | null = null;

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

  const known = (candidate: Candidate) => {
    if (!candidates.has(candidate.id)) candidates.set(candidate.id, candidate);
  };
  const exchangeOf = (entry: { readonly type: string; readonly request: string }): Exchange => {
    const exchange = exchanges.get(entry.request);
    if (!exchange) throw new HarnessError(`journal: ${entry.type} names ${entry.request}, which was never sent`);
    return exchange;
  };

  for (const entry of rest) {
    const secondsBefore = elapsedSeconds;
    if ('elapsedSeconds' in entry) elapsedSeconds = Math.max(elapsedSeconds, entry.elapsedSeconds);
    // A resumed campaign goes on after its end: whatever follows takes the end back.
    stopReason = entry.type === 'campaign-finished' ? entry.reason : null;
    stopDetail = entry.type === 'campaign-finished' ? (entry.detail ?? null) : null;
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
        const { type: _, size = entry.candidates.length, arm = 'main', ...proposed } = entry;
        groups.set(entry.group, {
          ...proposed,
          size,
          arm,
          candidates: [...entry.candidates],
          refusals: new Map(),
          attempts: [],
          promotions: [],
          finished: null,
        });
        for (const candidate of entry.candidates) known(candidate);
        if (entry.logits) policies[entry.slot] ??= { reference: entry.logits, current: entry.logits };
        break;
      }
      case 'candidate-proposed': {
        const group = groupOf(entry);
        group.candidates.push(entry.candidate);
        if (entry.refusal) group.refusals.set(entry.candidate.id, entry.refusal);
        known(entry.candidate);
        break;
      }
      case 'request-sent':
        exchanges.set(entry.request.id, { request: entry.request });
        break;
      case 'answer-received': {
        const { answer, dollars } = entry;
        exchanges.set(entry.request, { ...exchangeOf(entry), answer, dollars });
        break;
      }
      case 'request-failed': {
        const { failure, dollars, tokens: lostTokens = 0 } = entry;
        exchanges.set(entry.request, { ...exchangeOf(entry), failure, dollars, lostTokens });
        break;
      }
      case 'digest-written':
        digests[entry.slot] = { text: entry.text, afterGroup: entry.afterGroup };
        break;
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
        evaluationSeconds += Object.values(attempt.seconds).reduce((sum, seconds) => sum + seconds, 0);
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
          combinedSpeedup: multiplyRatios(...slots.map((slot) => champions[slot].championSpeedup)),
          elapsedSeconds: entry.elapsedSeconds,
        };
        // Journals that do not say: it mostly follows another evaluation at once.
        evaluationSeconds += entry.seconds ?? elapsedSeconds - secondsBefore;
        promotions.push(promotion);
        group.promotions.push(promotion);
        break;
      }
      case 'group-finished': {
        const group = groupOf(entry);
        group.finished = entry;
        if (entry.logits)
          policies[group.slot] = { reference: policies[group.slot]?.reference ?? entry.logits, current: entry.logits };
        if (entry.pool) pools[group.slot] = entry.pool;
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
    pools,
    digests,
    models: start.models ?? [],
    exchanges,
    ledger: ledgerOf(exchanges.values()),
    candidates,
    groups: inOrder,
    openGroup: open ? openGroup(open) : null,
    attempts,
    promotions,
    evaluationSeconds,
    outcomeCounts,
    elapsedSeconds,
    lastSentinelSeconds: sentinels.at(-1)?.elapsedSeconds ?? 0,
    sentinels,
    final,
    stopReason,
    stopDetail,
  };
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

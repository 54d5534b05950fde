import { reward } from '../rewards/reward.ts';
import type { Candidate } from './core/candidate.ts';
import { HarnessError } from './core/errors.ts';
import type { Evaluation, Evaluator, Index } from './core/evaluation.ts';
import type { StopReason } from './core/journal.ts';
import type { Scored } from './core/outcome.ts';
import type { ProgressView } from './core/progress.ts';
import type { Proposer } from './core/proposer.ts';
import { graphSlots, type PerSlot, type Slot } from './core/target.ts';
import type { Learner, Lesson } from './learn/learner.ts';
import type { CampaignRecord } from './record/campaign-record.ts';
import { type CampaignState, type OpenGroup, speedupOverSeed } from './record/state.ts';

export interface Campaign {
  readonly record: CampaignRecord;
  readonly proposer: Proposer;
  readonly evaluator: Evaluator;
  readonly learner: Learner;
  readonly progress: ProgressView;
  /** Seconds of campaign time, carried on from before a resume. */
  readonly elapsed: () => number;
  readonly signal: AbortSignal;
}

/** The loop and nothing else: propose, evaluate, reward, record, learn. Every step is durable before the next is taken. */
export async function runCampaign(campaign: Campaign): Promise<StopReason> {
  const { record } = campaign;
  if (!record.state.seedOutcome) await measureSeed(campaign);
  let reason = stopReason(campaign);
  while (!reason) {
    const group = record.state.openGroup ?? (await proposeGroup(campaign));
    if (!group) break;
    await evaluateGroup(campaign, group);
    reason = stopReason(campaign);
    if (reason) break;
    await promote(campaign);
    await learn(campaign);
  }
  reason ??= 'space-exhausted';
  if (reason !== 'interrupted') await measureFinal(campaign);
  await record.append({ type: 'campaign-finished', reason, elapsedSeconds: campaign.elapsed() });
  campaign.progress.event({ type: 'finished', reason });
  return reason;
}

function stopReason({ record, elapsed, signal, progress }: Campaign): StopReason | undefined {
  const { spec, attempts } = record.state;
  const budget = { maxSeconds: spec.maxMinutes * 60, maxEvaluations: spec.maxEvaluations };
  progress.event({ type: 'budget', elapsedSeconds: elapsed(), evaluations: attempts.length, ...budget });
  if (signal.aborted) return 'interrupted';
  if (elapsed() >= budget.maxSeconds) return 'time-budget';
  return attempts.length >= budget.maxEvaluations ? 'evaluation-budget' : undefined;
}

/** The seed beside itself: the caps and the reader's first check of the clock. */
async function measureSeed({ record, evaluator, progress, elapsed }: Campaign): Promise<void> {
  progress.event({ type: 'step', message: 'measuring the seed beside itself (A/A)' });
  const { seeds } = record.state;
  const { outcome } = await evaluator.compare(seeds, seeds, undefined, { queries: 'search', precision: 'full' });
  if (outcome.kind !== 'scored')
    throw new HarnessError(`the seed index does not pass its own evaluation: ${JSON.stringify(outcome)}`);
  await record.append({ type: 'seed-measured', outcome });
  progress.event({
    type: 'step',
    message: `seed ${Math.round(outcome.area)} queries/s; A/A ${outcome.speedup.value.toFixed(3)} [${outcome.speedup.low.toFixed(3)}, ${outcome.speedup.high.toFixed(3)}] after ${elapsed().toFixed(0)} s`,
  });
}

/** Slots take turns; one whose proposer has nothing new is passed over. */
async function proposeGroup({ record, proposer, progress }: Campaign): Promise<OpenGroup | null> {
  const { state } = record;
  const number = state.groups.length + 1;
  for (let turn = 0; turn < state.spec.slots.length; ++turn) {
    const slot = state.spec.slots[(number - 1 + turn) % state.spec.slots.length]!;
    const champions = championsOf(state);
    const proposal = await proposer.propose({
      group: number,
      slot,
      count: Math.min(state.spec.groupSize, state.spec.maxEvaluations - state.attempts.length),
      champions,
      logits: state.policies[slot]?.current,
      known: new Set(state.candidates.keys()),
      seed: state.spec.seed,
    });
    if (proposal.candidates.length === 0) continue;
    const ids = Object.fromEntries(graphSlots.map((name) => [name, champions[name].id])) as PerSlot<string>;
    await record.append({ type: 'group-proposed', group: number, slot, champions: ids, ...proposal });
    const candidates = proposal.candidates.map(({ id }) => id);
    progress.event({ type: 'group-started', group: number, slot, champion: ids[slot], candidates });
    return record.state.openGroup;
  }
  return null;
}

async function evaluateGroup(campaign: Campaign, group: OpenGroup): Promise<void> {
  const { record, evaluator, progress, elapsed } = campaign;
  const champions = championsOf(record.state);
  const challengers = group.unattempted.map((changed) => ({
    challenger: { ...champions, [group.slot]: changed },
    changed,
  }));
  await evaluator.prepare(challengers);
  for (const { challenger, changed } of challengers) {
    if (stopReason(campaign)) return;
    const { outcome } = await evaluator.compare(challenger, champions, changed, {
      queries: 'search',
      onStage: (stage) => progress.event({ type: 'candidate-stage', candidate: changed.id, stage }),
    });
    const { championSpeedup } = record.state.champions[group.slot];
    const earned = reward(outcome, { championSpeedup: championSpeedup.value });
    await record.append({
      type: 'attempt-finished',
      group: group.group,
      candidate: changed.id,
      outcome,
      reward: earned,
      elapsedSeconds: elapsed(),
    });
    const speedup = speedupOverSeed({ outcome, championSpeedup });
    progress.event({
      type: 'attempt-finished',
      candidate: changed.id,
      slot: group.slot,
      outcome,
      speedup,
      reward: earned,
    });
  }
}

/** The group's best accepted candidate is measured again on queries of its own; the first that clears the bar is champion. */
async function promote(campaign: Campaign): Promise<void> {
  const { record, evaluator, progress, elapsed } = campaign;
  for (
    let candidate = record.state.openGroup?.awaitingPromotion[0];
    candidate;
    candidate = record.state.openGroup?.awaitingPromotion[0]
  ) {
    const { id, slot } = candidate;
    const champions = championsOf(record.state);
    progress.event({ type: 'candidate-stage', candidate: id, stage: 'promotion' });
    const { outcome } = await evaluator.compare({ ...champions, [slot]: candidate }, champions, candidate, {
      queries: 'promotion',
    });
    const promoted = outcome.kind === 'scored' && outcome.verdict === 'accepted';
    const group = record.state.openGroup!.group;
    await record.append({
      type: 'promotion-measured',
      group,
      candidate: id,
      outcome,
      promoted,
      elapsedSeconds: elapsed(),
    });
    const combined = record.state.promotions.at(-1)!.combinedSpeedup;
    progress.event({ type: 'promotion-measured', candidate: id, slot, outcome, promoted, combined });
  }
}

async function learn({ record, learner, progress, elapsed }: Campaign): Promise<void> {
  const group = record.state.openGroup!;
  const champion = record.state.candidates.get(group.champions[group.slot])!;
  const { advantages, logits }: Lesson = learner.learn(group, champion, record.state);
  await record.append({
    type: 'group-finished',
    group: group.group,
    slot: group.slot,
    advantages,
    logits,
    elapsedSeconds: elapsed(),
  });
  const rewards = group.attempts.map((attempt) => attempt.reward);
  const meanReward = rewards.length ? rewards.reduce((sum, value) => sum + value, 0) / rewards.length : null;
  progress.event({ type: 'group-finished', group: group.group, slot: group.slot, meanReward });
}

/** On queries that nothing was selected by: all champions together, and each alone in the seed index. */
async function measureFinal({ record, evaluator, progress, elapsed }: Campaign): Promise<void> {
  const { state } = record;
  const champions = championsOf(state);
  const compare = async (challenger: Index, what: string): Promise<Evaluation | null> => {
    const same = graphSlots.every((slot) => challenger[slot].id === state.seeds[slot].id);
    if (same) return null;
    progress.event({ type: 'step', message: `final measurement: ${what} against the seed` });
    return evaluator.compare(challenger, state.seeds, undefined, { queries: 'final' });
  };
  const combined = await compare(champions, 'combined champion');
  const slots = {} as Record<Slot, Scored | null>;
  for (const slot of graphSlots) {
    slots[slot] = scored(await compare({ ...state.seeds, [slot]: champions[slot] }, `${slot} champion`));
  }
  const seed = combined?.champion && state.seedOutcome ? { ...state.seedOutcome, ...combined.champion } : null;
  await record.append({
    type: 'final-measured',
    final: { combined: scored(combined), slots, seed },
    elapsedSeconds: elapsed(),
  });
}

function scored(evaluation: Evaluation | null): Scored | null {
  return evaluation?.outcome.kind === 'scored' ? evaluation.outcome : null;
}

function championsOf(state: CampaignState): PerSlot<Candidate> {
  return Object.fromEntries(graphSlots.map((slot) => [slot, state.champions[slot].candidate])) as PerSlot<Candidate>;
}

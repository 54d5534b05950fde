import { reward } from '../rewards/reward.ts';
import { stopReason, whileTimeLasts } from './budget.ts';
import { type Campaign, championsOf } from './campaign-parts.ts';
import type { OpenGroup } from './core/campaign-state.ts';
import type { Candidate, Refusal } from './core/candidate.ts';
import type { Evaluation } from './core/evaluation.ts';
import { isMendable, type Outcome } from './core/outcome.ts';
import type { Drawing, Proposed } from './core/proposer.ts';
import { speedupOverSeed } from './core/ratio.ts';
import { perSlot } from './core/target.ts';
import { Inbox } from './inbox.ts';
import { armOf, slotsInOrder } from './schedule.ts';

/** Opens the next group, of the first slot in order whose proposer has something new; null where none has. */
export async function openGroup({ record, proposers, progress }: Campaign): Promise<OpenGroup | null> {
  const { state } = record;
  const { spec } = state;
  const group = state.groups.length + 1;
  const count = Math.min(spec.groupSize, spec.maxEvaluations - state.attempts.length);
  const wanted = armOf(state);
  for (const arm of new Set([wanted, 'main'] as const)) {
    for (const slot of slotsInOrder(state)) {
      const plan = await proposers[arm]?.open({ group, slot, count, state });
      if (!plan) continue;
      const champions = championsOf(state);
      const ids = perSlot(spec.target, (name) => champions[name].id);
      await record.append({ type: 'group-proposed', group, slot, arm, champions: ids, ...plan });
      const candidates = plan.candidates.map(({ id }) => id);
      progress.event({ type: 'group-started', group, slot, arm, champion: ids[slot], candidates });
      return record.state.openGroup;
    }
  }
  return null;
}

/**
 * Draws what the open group lacks and evaluates each candidate as it comes, until no more will come or a budget is spent. Repairs
 * are asked for while others are drawn and evaluated: an answer may take minutes. Whatever was brought is recorded, evaluated or not.
 */
export async function workGroup(campaign: Campaign): Promise<void> {
  const { record, proposers } = campaign;
  const group = record.state.openGroup!;
  const proposer = proposers[group.arm];
  const inbox = new Inbox<Proposed>();
  const done = new AbortController();
  const signal = AbortSignal.any([whileTimeLasts(campaign), done.signal]);
  const drawing: Drawing = { group, state: () => record.state, signal };
  const asked = new Set<string>();
  const settle = async () => {
    await evaluateWaiting(campaign);
    if (stopReason(campaign) || !proposer?.repair) return;
    for (const { candidate, outcome } of mendable(record.state.openGroup!, asked)) {
      asked.add(candidate.id);
      inbox.follow(async (deliver) => {
        const repaired = await proposer.repair!(drawing, candidate, outcome);
        if (repaired) await deliver([repaired]);
      });
    }
  };
  try {
    // Before what a resumed campaign has still to evaluate: agents wait for it.
    if (!stopReason(campaign) && proposer?.draw) {
      inbox.follow(async (deliver) => {
        for await (const arrived of proposer.draw!(drawing)) await deliver(arrived);
      });
    }
    await settle();
    while (!stopReason(campaign)) {
      const arrived = await inbox.take();
      if (!arrived) return;
      for (const proposed of arrived) await recordProposed(campaign, group, proposed);
      await settle();
    }
  } finally {
    // Nobody may be left writing to a record that is about to be closed, and nothing that was paid for may be lost.
    done.abort();
    for (const proposed of await inbox.settled()) await recordProposed(campaign, group, proposed);
  }
}

/** Whether the group has all the first answers that it was opened for; repairs come on top. */
export function isWhole({ candidates, size }: OpenGroup): boolean {
  return candidates.filter(({ origin }) => !('turn' in origin) || origin.turn === 1).length >= size;
}

async function recordProposed(
  { record, progress, elapsed }: Campaign,
  { group }: OpenGroup,
  { candidate, refusal }: Proposed,
): Promise<void> {
  const fields = { group, candidate, ...(refusal && { refusal }), elapsedSeconds: elapsed() };
  await record.append({ type: 'candidate-proposed', ...fields });
  progress.event({ type: 'candidate-proposed', candidate: candidate.id });
}

/** Candidates' own failures that another turn may mend, and that have had none. */
function mendable({ candidates, refusals, attempts }: OpenGroup, asked: ReadonlySet<string>) {
  const repaired = new Set(candidates.map(({ parents }) => parents[0]));
  return attempts.filter(
    ({ candidate: { id }, outcome }) => isMendable(outcome) && !refusals.has(id) && !asked.has(id) && !repaired.has(id),
  );
}

async function evaluateWaiting(campaign: Campaign): Promise<void> {
  const { record, evaluator, progress, elapsed } = campaign;
  const group = record.state.openGroup!;
  const champions = championsOf(record.state);
  const challengers = group.unattempted.map((changed) => ({
    challenger: { ...champions, [group.slot]: changed },
    changed,
  }));
  await evaluator.prepare(challengers.filter(({ changed }) => !group.refusals.has(changed.id)));
  for (const { challenger, changed } of challengers) {
    if (stopReason(campaign)) return;
    const refusal = group.refusals.get(changed.id);
    const { outcome, seconds }: Evaluation = refusal
      ? { outcome: refused(refusal) }
      : await evaluator.compare(challenger, champions, changed, {
          queries: 'search',
          onStage: (stage) => progress.event({ type: 'candidate-stage', candidate: changed.id, stage }),
        });
    await recordAttempt(campaign, group, changed, outcome, seconds, elapsed());
  }
}

async function recordAttempt(
  { record, progress }: Campaign,
  { group, slot }: OpenGroup,
  { id }: Candidate,
  outcome: Outcome,
  seconds: Evaluation['seconds'],
  elapsedSeconds: number,
): Promise<void> {
  const { championSpeedup } = record.state.champions[slot];
  const earned = reward(outcome, { championSpeedup: championSpeedup.value });
  const fields = { group, candidate: id, outcome, reward: earned, ...(seconds && { seconds }), elapsedSeconds };
  await record.append({ type: 'attempt-finished', ...fields });
  const speedup = speedupOverSeed({ outcome, championSpeedup });
  progress.event({ type: 'attempt-finished', candidate: id, slot, outcome, speedup, reward: earned });
}

function refused({ rule, detail }: Refusal): Outcome {
  return { kind: 'rejected', rule, detail };
}

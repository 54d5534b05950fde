import { stopReason } from './budget.ts';
import type { Campaign } from './campaign-parts.ts';
import type { StopReason } from './core/journal.ts';
import { describeInterval } from './core/outcome.ts';
import { ProposerStopped } from './core/proposer.ts';
import { areaFigure, wordsOf } from './core/target-words.ts';
import { isWhole, openGroup, workGroup } from './groups.ts';
import { measureFinal, promote } from './promotion.ts';
import { measureSeedBesideItself, watchDrift } from './sentinel.ts';

interface Ending {
  readonly reason: StopReason;
  /** What the proposer said that could not go on. */
  readonly detail?: string | undefined;
}

/** The loop and nothing else: propose, evaluate, reward, record, learn. Every step is durable before the next is taken. */
export async function runCampaign(campaign: Campaign): Promise<StopReason> {
  const { record, progress, elapsed } = campaign;
  const { reason, detail } = await work(campaign).catch((error: unknown) => interruption(campaign, error));
  const ending = { reason, ...(detail && { detail }) };
  await record.append({ type: 'campaign-finished', ...ending, elapsedSeconds: elapsed() });
  progress.event({ type: 'finished', ...ending });
  return reason;
}

/** An attempt that was cut short (a training stops at once) is not recorded: who goes on makes it again. */
function interruption({ signal }: Campaign, error: unknown): Ending {
  if (signal.aborted && error === signal.reason) return { reason: 'interrupted' };
  throw error;
}

async function work(campaign: Campaign): Promise<Ending> {
  const { record } = campaign;
  if (!record.state.seedOutcome) await measureSeed(campaign);
  let reason = stopReason(campaign);
  let stopped: ProposerStopped | undefined;
  while (!reason) {
    stopped = await asFarAsItGoes(async () => {
      if (record.state.openGroup ?? (await openGroup(campaign))) await workGroup(campaign);
    });
    reason = stopReason(campaign) ?? stopped?.reason;
    if (reason === 'interrupted') break;
    if (!record.state.openGroup) {
      reason ??= record.state.spec.schedule === 'sequence' ? 'no-more-gain' : 'space-exhausted';
      break;
    }
    // Also where the budget is spent: what was found has been paid for.
    await promote(campaign);
    // A group that a budget cut short is left open: more time, and its answers still under way, may make it whole.
    const { openGroup: left } = record.state;
    const cutShort = reason !== undefined && !stopped && left && !isWhole(left);
    if (left?.unattempted.length === 0 && !cutShort) await learn(campaign);
    if (!reason) await watchDrift(campaign);
  }
  if (reason !== 'interrupted') await measureFinal(campaign);
  return { reason, detail: stopped?.message };
}

/** A proposer that cannot go on ends the campaign, and not what has been drawn already. */
async function asFarAsItGoes(work: () => Promise<void>): Promise<ProposerStopped | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof ProposerStopped) return error;
    throw error;
  }
}

/** The seed beside itself: the caps and the reader's first check of the clock. */
async function measureSeed(campaign: Campaign): Promise<void> {
  const { record, progress, elapsed } = campaign;
  progress.event({ type: 'step', message: 'measuring the seed beside itself (A/A)' });
  const outcome = await measureSeedBesideItself(campaign);
  await record.append({ type: 'seed-measured', outcome });
  const { target } = record.state.spec;
  const area = `${areaFigure(target, outcome.area)} ${wordsOf(target).area.title}`;
  const figures = `seed ${area}; A/A ${describeInterval(outcome.speedup)}`;
  progress.event({ type: 'step', message: `${figures} after ${elapsed().toFixed(0)} s` });
}

async function learn({ record, learner, progress, elapsed }: Campaign): Promise<void> {
  const { group, slot, attempts } = record.state.openGroup!;
  const lesson = learner.learn(record.state.openGroup!, record.state);
  await record.append({ type: 'group-finished', group, slot, ...lesson, elapsedSeconds: elapsed() });
  const rewards = attempts.map((attempt) => attempt.reward);
  const meanReward = rewards.length ? rewards.reduce((sum, value) => sum + value, 0) / rewards.length : null;
  progress.event({ type: 'group-finished', group, slot, meanReward });
}

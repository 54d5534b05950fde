import { setTimeout as wait } from 'node:timers/promises';
import type { Campaign } from './campaign-parts.ts';
import { HarnessError } from './core/errors.ts';
import type { Scored } from './core/outcome.ts';
import { describeInterval } from './core/outcome.ts';
import { isLearned } from './core/target.ts';

/** The seed beside itself, in every round there is. @throws HarnessError where it does not pass */
export async function measureSeedBesideItself({ record, evaluator }: Campaign): Promise<Scored> {
  const { seeds } = record.state;
  const { outcome } = await evaluator.compare(seeds, seeds, undefined, { queries: 'search', precision: 'full' });
  if (outcome.kind !== 'scored')
    throw new HarnessError(`the seed index does not pass its own evaluation: ${JSON.stringify(outcome)}`);
  return outcome;
}

export interface Pause {
  readonly seconds: number;
}

/**
 * On a schedule, the seed beside itself: a clock that shows a difference where there is none is not to be trusted with one.
 * One miss in twenty is what 95 % means; two in a row are drift, and the campaign pauses, saying so, until a measurement
 * holds again, its time is up, or it is interrupted.
 */
export async function watchDrift(campaign: Campaign, pause: Pause = { seconds: 60 }): Promise<void> {
  const { record, progress, elapsed, signal } = campaign;
  const { spec, lastSentinelSeconds } = record.state;
  // What is counted and not timed has no clock to drift.
  if (isLearned(spec.target)) return;
  if (elapsed() - lastSentinelSeconds < spec.sentinelMinutes * 60) return;
  progress.event({ type: 'step', message: 'sentinel: measuring the seed beside itself' });
  for (let missed = 0; ; ) {
    const outcome = await measureSeedBesideItself(campaign);
    const { low, high } = outcome.speedup;
    missed = low <= 1 && high >= 1 ? 0 : missed + 1;
    const drifted = missed > 1;
    await record.append({ type: 'sentinel-measured', outcome, drifted, elapsedSeconds: elapsed() });
    const state = missed === 0 ? 'no difference' : drifted ? 'drift' : 'a difference; measuring again';
    progress.event({ type: 'step', message: `sentinel: ${describeInterval(outcome.speedup)}, ${state}` });
    if (missed === 0 || elapsed() >= spec.maxMinutes * 60 || signal.aborted) return;
    if (!drifted) continue;
    progress.event({
      type: 'step',
      message: `paused for ${pause.seconds} s: the seed differs from itself, so no ratio could be trusted; what else runs on this machine?`,
    });
    await wait(pause.seconds * 1000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}

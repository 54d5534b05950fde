import { type Campaign, championsOf } from './campaign-parts.ts';
import type { Candidate } from './core/candidate.ts';
import type { Evaluation, Index, Portability } from './core/evaluation.ts';
import type { HeldOutResult, Outcome, Scored } from './core/outcome.ts';
import { type Slot, slotsOf } from './core/target.ts';

/**
 * The group's elites are measured again on queries of their own, the fastest first: the best of many noisy scores flatters
 * itself. One that sanitizers find nothing in, that clears the required gain again and loses nothing under the held-out conditions, is champion; the next is
 * then measured beside it.
 */
export async function promote(campaign: Campaign): Promise<void> {
  const { record, progress, elapsed } = campaign;
  for (;;) {
    const candidate = record.state.openGroup?.awaitingPromotion[0];
    if (!candidate) return;
    const began = elapsed();
    const { outcome: measured, heldOut, portable } = await measureElite(campaign, candidate);
    const promoted = isAccepted(measured) && heldOut.every(({ lost }) => !lost);
    const outcome = promoted ? await withWork(campaign, candidate, measured) : measured;
    const { group } = record.state.openGroup!;
    const { id, slot } = candidate;
    const elapsedSeconds = elapsed();
    await record.append({
      type: 'promotion-measured',
      group,
      candidate: id,
      outcome,
      heldOut,
      ...(portable && { portable }),
      promoted,
      seconds: elapsedSeconds - began,
      elapsedSeconds,
    });
    const combined = record.state.promotions.at(-1)!.combinedSpeedup;
    progress.event({ type: 'promotion-measured', candidate: id, slot, outcome, heldOut, promoted, combined });
  }
}

async function measureElite(
  { record, evaluator, heldOut, progress }: Campaign,
  candidate: Candidate,
): Promise<{ outcome: Outcome; heldOut: readonly HeldOutResult[]; portable?: Portability }> {
  const champions = championsOf(record.state);
  const challenger = { ...champions, [candidate.slot]: candidate };
  const { id } = candidate;
  if (evaluator.vet) progress.event({ type: 'candidate-stage', candidate: id, stage: 'sanitize' });
  const vetted = await evaluator.vet?.(challenger, candidate);
  if (vetted?.outcome) return { outcome: vetted.outcome, heldOut: [] };
  const facts = vetted?.portable ? { portable: vetted.portable } : {};
  progress.event({ type: 'candidate-stage', candidate: id, stage: 'promotion' });
  const { outcome } = await evaluator.compare(challenger, champions, candidate, { queries: 'promotion' });
  if (!isAccepted(outcome)) return { outcome, heldOut: [], ...facts };
  progress.event({ type: 'candidate-stage', candidate: id, stage: 'held-out' });
  const options = { queries: 'promotion' } as const;
  return { outcome, heldOut: await heldOut.measure(challenger, champions, candidate, options), ...facts };
}

/** The distances that a new champion evaluates a query, which no clock's noise touches. */
async function withWork({ record, evaluator }: Campaign, candidate: Candidate, outcome: Outcome): Promise<Outcome> {
  if (outcome.kind !== 'scored' || !evaluator.countDistances) return outcome;
  const index = { ...championsOf(record.state), [candidate.slot]: candidate };
  const efforts = outcome.curve.map(({ effort }) => effort);
  return { ...outcome, work: await evaluator.countDistances(index, efforts) };
}

function isAccepted(outcome: Outcome): boolean {
  return outcome.kind === 'scored' && outcome.verdict === 'accepted';
}

/** On queries that nothing was selected by, in every round there is: all champions together, each alone in the seed index, and all under the held-out conditions. */
export async function measureFinal({ record, evaluator, heldOut, progress, elapsed }: Campaign): Promise<void> {
  const { state } = record;
  const champions = championsOf(state);
  const options = { queries: 'final', precision: 'full' } as const;
  const isSeed = (index: Index) => slotsOf(state.spec.target).every((slot) => index[slot].id === state.seeds[slot].id);
  const compare = async (challenger: Index, what: string): Promise<Evaluation | null> => {
    if (isSeed(challenger)) return null;
    progress.event({ type: 'step', message: `final measurement: ${what} against the seed` });
    return evaluator.compare(challenger, state.seeds, undefined, options);
  };
  const combined = await compare(champions, 'combined champion');
  const slots = {} as Record<Slot, Scored | null>;
  for (const slot of slotsOf(state.spec.target)) {
    slots[slot] = scored(await compare({ ...state.seeds, [slot]: champions[slot] }, `${slot} champion`));
  }
  let beyond: readonly HeldOutResult[] = [];
  if (!isSeed(champions)) {
    progress.event({ type: 'step', message: 'final measurement: held-out conditions' });
    beyond = await heldOut.measure(champions, state.seeds, undefined, options);
  }
  const seed = combined?.champion && state.seedOutcome ? { ...state.seedOutcome, ...combined.champion } : null;
  await record.append({
    type: 'final-measured',
    final: { combined: scored(combined), slots, seed, heldOut: beyond },
    elapsedSeconds: elapsed(),
  });
}

function scored(evaluation: Evaluation | null): Scored | null {
  return evaluation?.outcome.kind === 'scored' ? evaluation.outcome : null;
}

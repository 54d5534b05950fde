import type { Attempt, CampaignState } from '../core/campaign-state.ts';
import type { Candidate } from '../core/candidate.ts';
import { UsageError } from '../core/errors.ts';
import type { Index } from '../core/evaluation.ts';
import { fingerprintDifferences } from '../core/machine.ts';
import { describeInterval, describeOutcome, type Interval, type Outcome } from '../core/outcome.ts';
import { trainerChoice } from '../evaluate/learned/trainer.ts';
import { findCandidate } from '../record/find-candidate.ts';
import { readJournal } from '../record/journal.ts';
import { progressView } from '../record/live.ts';
import { campaignState } from '../record/state.ts';
import { makeWorkplace } from '../workplace.ts';
import { type CliEnvironment, campaignDir } from './environment.ts';

/** A row measured again. `annvil verify <candidate> --json` prints exactly this. */
export interface Verification {
  readonly candidate: string;
  /** Against the champion it was timed beside. */
  readonly recorded: Interval | null;
  readonly measured: Interval | null;
  readonly outcome: Outcome;
  /** Whether the two intervals say the same; null where they may not be compared. */
  readonly agrees: boolean | null;
  /** Fingerprint fields that differ from the row's, `then -> now`. */
  readonly otherConditions: readonly string[];
}

/** `annvil verify <candidate>`: measures a row of the leaderboard again, every round of it. Returns whether it holds. */
export async function verifyCandidate(
  environment: CliEnvironment,
  id: string,
  { json, campaign }: { json: boolean; campaign: string | undefined },
): Promise<boolean> {
  const { dir } = await campaignDir(environment, campaign);
  const state = campaignState(await readJournal(dir));
  const candidate = findCandidate(state, id);
  const attempt = latestAttempt(state, candidate);
  const recorded = attempt.outcome.kind === 'scored' ? attempt.outcome.speedup : null;
  const progress = progressView({ ...environment, terminal: false });
  const { fingerprint, open } = await makeWorkplace(state.spec, {
    cacheDir: environment.cacheDir,
    progress,
    trainer: trainerChoice(environment.variable),
  });
  const otherConditions = fingerprintDifferences(state.fingerprint, fingerprint);
  const { evaluator, close } = await open({ seedCost: () => state.seedOutcome?.cost });
  try {
    const champions = championsAt(state, attempt);
    const challenger = { ...champions, [candidate.slot]: candidate };
    progress.event({ type: 'step', message: `measuring ${candidate.id} beside ${champions[candidate.slot].id}` });
    const options = { queries: 'search', precision: 'full' } as const;
    const { outcome } = await evaluator.compare(challenger, champions, candidate, options);
    const measured = outcome.kind === 'scored' ? outcome.speedup : null;
    const agrees =
      otherConditions.length > 0 ? null : measured !== null && recorded !== null && saySame(recorded, measured);
    const result: Verification = { candidate: candidate.id, recorded, measured, outcome, agrees, otherConditions };
    environment.print(json ? JSON.stringify(result, null, 2) : verificationText(result));
    return agrees !== false;
  } finally {
    await close();
  }
}

/** @throws UsageError where the candidate was never attempted */
function latestAttempt(state: CampaignState, candidate: Candidate): Attempt {
  const attempt = state.attempts.findLast((one) => one.candidate.id === candidate.id);
  if (attempt) return attempt;
  throw new UsageError(`${candidate.id} has no attempt to measure again; \`annvil leaderboard\` lists those that have`);
}

/** The champions that an attempt was timed beside: the seeds, and whatever was promoted before it. */
export function championsAt(state: CampaignState, attempt: Attempt): Index {
  const champions = { ...state.seeds };
  for (const { promoted, afterAttempt, slot, candidate } of state.promotions)
    if (promoted && afterAttempt < attempt.number) champions[slot] = candidate;
  return champions;
}

/** Whether two intervals of independent measurements may be of one ratio, at 95 %. */
export function saySame(one: Interval, other: Interval): boolean {
  const reach = ({ low, high }: Interval) => Math.log(high / low) / 2;
  return Math.abs(Math.log(one.value / other.value)) <= Math.hypot(reach(one), reach(other));
}

function verificationText({ candidate, recorded, measured, outcome, agrees, otherConditions }: Verification): string {
  const verdict = agrees === null ? 'not comparable: the conditions differ' : agrees ? 'it holds' : 'IT DOES NOT HOLD';
  return [
    `${candidate}, against the champion it was timed beside`,
    `recorded  ${recorded ? describeInterval(recorded) : 'not scored'}`,
    `now       ${measured ? describeInterval(measured) : describeOutcome(outcome)}`,
    ...otherConditions.map((line) => `          ${line}`),
    verdict,
  ].join('\n');
}

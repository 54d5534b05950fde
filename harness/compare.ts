import { championsOf } from './campaign-parts.ts';
import type { CampaignState } from './core/campaign-state.ts';
import { UsageError } from './core/errors.ts';
import { fingerprintDifferences } from './core/machine.ts';
import type { Interval, Outcome } from './core/outcome.ts';
import { makeWorkplace, type WorkplaceOptions } from './workplace.ts';

/** Two campaigns' champions, timed beside each other on queries that neither was selected by. */
export interface ChampionComparison {
  /** Area of one's champions together over the other's; null where the window is missed. */
  readonly speedup: Interval | null;
  readonly outcome: Outcome;
  readonly faster: 'one' | 'other' | 'not distinguishable';
  /** What this machine differs in from the one that measured the first campaign. */
  readonly otherConditions: readonly string[];
}

/**
 * Measures every round there is. The first campaign's specification says on what: dataset, k, metric, mode.
 * @throws UsageError where the two were run on different datasets or for different k
 */
export async function compareChampions(
  one: CampaignState,
  other: CampaignState,
  options: WorkplaceOptions,
): Promise<ChampionComparison> {
  const { progress } = options;
  requireSameTask(one, other);
  const { fingerprint, open } = await makeWorkplace(one.spec, options);
  const { evaluator, close } = await open();
  try {
    progress.event({ type: 'step', message: `champions of ${one.spec.name} beside those of ${other.spec.name}` });
    const options = { queries: 'final', precision: 'full' } as const;
    const { outcome } = await evaluator.compare(championsOf(one), championsOf(other), undefined, options);
    const speedup = outcome.kind === 'scored' ? outcome.speedup : null;
    const faster = !speedup || (speedup.low <= 1 && speedup.high >= 1) ? 'not distinguishable' : winner(speedup);
    return { speedup, outcome, faster, otherConditions: fingerprintDifferences(one.fingerprint, fingerprint) };
  } finally {
    await close();
  }
}

function winner({ value }: Interval): 'one' | 'other' {
  return value > 1 ? 'one' : 'other';
}

function requireSameTask(one: CampaignState, other: CampaignState): void {
  for (const field of ['target', 'scale', 'dataset', 'k', 'mode'] as const) {
    const [first, second] = [one, other].map(({ spec, fingerprint }) =>
      field === 'dataset' ? fingerprint.dataset : spec[field],
    );
    if (first === second) continue;
    throw new UsageError(
      `campaigns "${one.spec.name}" and "${other.spec.name}" differ in ${field} (${first}, ${second}): their champions answer different questions`,
    );
  }
}

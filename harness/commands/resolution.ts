import { median } from '../../rewards/median.ts';
import { looksFor } from '../../rewards/sequential.ts';
import { studentT } from '../../rewards/student-t.ts';
import { makeWorkbench, openEvaluator } from '../assemble.ts';
import { HarnessError } from '../core/errors.ts';
import { describeInterval, type Interval } from '../core/outcome.ts';
import { parseSpec } from '../core/spec.ts';
import { progressView } from '../record/live.ts';
import { seedCandidates } from '../seeds.ts';
import type { CliEnvironment } from './environment.ts';

/** What this machine can tell apart, by measuring the seed beside itself. */
export interface Resolution {
  readonly dataset: string;
  /** A/A comparisons in every round there is, each of which should hold 1. */
  readonly intervals: readonly Interval[];
  /** Half-width of the median 95 % interval: differences below it are not told from none. */
  readonly resolves: number;
  /** Median wall seconds of a comparison in every round. */
  readonly seconds: number;
  /** A challenger slower by this share is told after one round, a single pair of processes, of `roundSeconds`. */
  readonly resolvesInOneRound: number;
  readonly roundSeconds: number;
}

const comparisons = 3;

/** `annvil doctor --measure`. @throws HarnessError where the seed does not pass its own evaluation */
export async function measureResolution(environment: CliEnvironment, dataset: string): Promise<Resolution> {
  const progress = progressView({ ...environment, terminal: false });
  const spec = parseSpec({ name: 'doctor', dataset, buildSecondsLimit: 1200 });
  const bench = await makeWorkbench(spec, environment.cacheDir, progress);
  const { evaluator, close } = await openEvaluator(spec, bench, environment.cacheDir, () => undefined);
  try {
    const seeds = await seedCandidates('graph');
    const runs: { speedup: Interval; rounds: number; seconds: number }[] = [];
    for (let run = 1; run <= comparisons; ++run) {
      progress.event({ type: 'step', message: `measuring the seed beside itself, ${run} of ${comparisons}` });
      const options = { queries: 'search', precision: 'full' } as const;
      const { outcome, seconds } = await evaluator.compare(seeds, seeds, undefined, options);
      if (outcome.kind !== 'scored') throw new HarnessError(`the seed is not scored: ${JSON.stringify(outcome)}`);
      // The build is paid once a graph, not once a comparison.
      const { build: _, ...spent } = seconds!;
      runs.push({ ...outcome, seconds: Object.values(spent).reduce((sum, one) => sum + one, 0) });
    }
    const prior = evaluator.noise();
    const first = looksFor(prior, true)[0]!;
    return {
      dataset,
      intervals: runs.map(({ speedup }) => speedup),
      resolves: median(runs.map(({ speedup }) => Math.log(speedup.high / speedup.low) / 2)),
      seconds: median(runs.map(({ seconds }) => seconds)),
      resolvesInOneRound: studentT(prior.degrees, 1 - first.error) * Math.sqrt(prior.variance),
      roundSeconds: median(runs.map(({ seconds, rounds }) => seconds / rounds)),
    };
  } finally {
    await close();
  }
}

export function resolutionText({ dataset, intervals, resolves, seconds, ...once }: Resolution): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const holding = intervals.filter(({ low, high }) => low <= 1 && high >= 1).length;
  return [
    `on ${dataset} this machine resolves ${percent(resolves)} at 95 % in ${seconds.toFixed(0)} s a candidate;`,
    `one ${percent(once.resolvesInOneRound)} slower is turned down after ${once.roundSeconds.toFixed(1)} s of timing`,
    `the seed beside itself: ${intervals.map(describeInterval).join(', ')}; ${holding} of ${intervals.length} hold 1`,
  ].join('\n');
}

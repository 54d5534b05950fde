/**
 * What a comparison's verdict is worth, by comparisons of which the truth is known: the seed beside itself, and slowed or sped
 * up by a busy loop of known cost. The three kinds take turns, so that what the machine does meanwhile meets all of them.
 */
import { makeWorkbench, openEvaluator } from '../harness/assemble.ts';
import { HarnessError } from '../harness/core/errors.ts';
import type { Evaluator, Index } from '../harness/core/evaluation.ts';
import type { Scored } from '../harness/core/outcome.ts';
import { cacheFolder } from '../harness/core/paths.ts';
import { parseSpec } from '../harness/core/spec.ts';
import { progressView } from '../harness/record/live.ts';
import { median } from '../rewards/median.ts';
import { plantedIndex } from './planted.ts';

/** Thousandths by which the planted index is slowed. */
const planted = 30;

interface Trial {
  /** Ratio that would be found with no noise at all. */
  readonly truth: number;
  readonly requiredGain: number;
  /** Share of the runs that are of this kind, against A/A. */
  readonly share: number;
  readonly pair: (plain: Index, slowed: Index) => readonly [challenger: Index, champion: Index];
  readonly holds: (scored: Scored) => boolean;
}

const trials = {
  /** Never settled before the last round but by error, so it shows the error of all looks together. */
  aa: {
    truth: 1,
    requiredGain: 0,
    share: 1,
    pair: (plain) => [plain, plain],
    holds: ({ speedup }) => speedup.low <= 1 && speedup.high >= 1,
  },
  slower3: {
    truth: 1000 / (1000 + planted),
    requiredGain: 0,
    share: 0.4,
    pair: (plain, slowed) => [slowed, plain],
    holds: ({ verdict }) => verdict === 'slower',
  },
  /** Against the gain that a campaign requires by default. */
  faster3: {
    truth: (1000 + planted) / 1000,
    requiredGain: 0.01,
    share: 0.4,
    pair: (plain, slowed) => [plain, slowed],
    holds: ({ verdict }) => verdict === 'accepted',
  },
} satisfies Record<string, Trial>;

type Kind = keyof typeof trials;
const kinds = Object.keys(trials) as Kind[];

export interface MeasurementOptions {
  readonly json: boolean;
  /** A/A comparisons. */
  readonly runs: number;
  readonly dataset: string;
}

interface Run {
  readonly scored: Scored;
  readonly seconds: number;
}

export async function verifyMeasurement({ json, runs, dataset }: MeasurementOptions): Promise<boolean> {
  const done: Record<Kind, Run[]> = { aa: [], slower3: [], faster3: [] };
  const evaluators = await openEvaluators(dataset);
  try {
    const [plain, slowed] = [await plantedIndex(0), await plantedIndex(planted)];
    for (let run = 1; run <= runs; ++run) {
      for (const kind of kinds) {
        const { pair, share } = trials[kind];
        if (done[kind].length >= Math.round(run * share)) continue;
        const began = performance.now();
        const { outcome } = await evaluators[kind].compare(...pair(plain, slowed), undefined, { queries: 'search' });
        if (outcome.kind !== 'scored') throw new HarnessError(`${kind} is not scored: ${JSON.stringify(outcome)}`);
        done[kind].push({ scored: outcome, seconds: (performance.now() - began) / 1000 });
        const { low, high, value } = outcome.speedup;
        console.error(
          `${kind.padEnd(8)} ${done[kind].length}  ${value.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]  ` +
            `${outcome.verdict.padEnd(10)} ${outcome.rounds} rounds`,
        );
      }
    }
  } finally {
    await evaluators.close();
  }
  const count = (kind: Kind) => done[kind].filter(({ scored }) => trials[kind].holds(scored)).length;
  const result = {
    aa: { runs: done.aa.length, covered: count('aa') },
    slower3: { runs: done.slower3.length, found: count('slower3') },
    faster3: { runs: done.faster3.length, accepted: count('faster3') },
  };
  console.log(json ? JSON.stringify(result) : table(done, count));
  const covered = result.aa.covered / result.aa.runs;
  return (
    covered >= 0.91 &&
    covered <= 0.99 &&
    result.slower3.found >= 0.9 * result.slower3.runs &&
    result.faster3.accepted >= 0.9 * result.faster3.runs
  );
}

/** One referee for all; one evaluator a required gain, since that is a campaign's own. */
async function openEvaluators(dataset: string): Promise<Record<Kind, Evaluator> & { close: () => Promise<void> }> {
  const cacheDir = cacheFolder(process.env);
  const spec = parseSpec({ name: 'measurement', dataset, buildSecondsLimit: 1200 });
  const bench = await makeWorkbench(spec, cacheDir, progressView({ terminal: false }));
  const open = (requiredGain: number) =>
    openEvaluator({ ...spec, requiredGain }, bench, cacheDir, () => undefined, { check: () => undefined });
  const [sign, gain] = [await open(0), await open(trials.faster3.requiredGain)];
  return {
    aa: sign.evaluator,
    slower3: sign.evaluator,
    faster3: gain.evaluator,
    close: async () => {
      await sign.close();
      await gain.close();
    },
  };
}

function table(done: Record<Kind, Run[]>, count: (kind: Kind) => number): string {
  const names = { aa: 'A/A, interval holds 1', slower3: '3 % slower, found', faster3: '3 % faster, accepted' };
  return kinds
    .map((kind) => {
      const runs = done[kind];
      const logs = runs.map(({ scored }) => Math.log(scored.speedup.value));
      const mean = logs.reduce((sum, log) => sum + log, 0) / runs.length;
      const width = median(runs.map(({ scored }) => (scored.speedup.high - scored.speedup.low) / scored.speedup.value));
      return (
        `${names[kind].padEnd(24)}${count(kind)} of ${runs.length}; mean ratio ${Math.exp(mean).toFixed(4)} ` +
        `(truth ${trials[kind].truth.toFixed(4)}), median interval ${(100 * width).toFixed(2)} % wide, ` +
        `median ${median(runs.map(({ seconds }) => seconds)).toFixed(1)} s, ${median(runs.map(({ scored }) => scored.rounds))} rounds`
      );
    })
    .join('\n');
}

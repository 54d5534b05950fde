import { scaleOf } from '../../evaluate/cluster-routing/scales.ts';
import type { LearnedCase } from '../../evaluate/learned/learned-target.ts';
import type { ReproductionBench } from '../reproduction.ts';

/** The grammars' seeds with what the paper leaves open, chosen by trials on mnist-784 and sift-photos-128 over all of their queries. */
const predictor = { approach: '0.5', batch: '512', rate: '0.002' };
const duplication = { share: '1' };

/** Few different queries a vector want much noise, or the network learns them by heart, is too sure, and nothing is left to mark. */
function noiseOf({ dataset, scale }: ReproductionBench): string {
  const { base, queries } = scaleOf(scale, dataset!.count);
  return queries / base < 30 ? '1' : '0.2';
}

const stops = {
  fixed: { rule: 'count' },
  mass: {},
  adaptive: { rule: 'gain', evidence: 'distance', gap: '0.5' },
} as const;

export type Stop = keyof typeof stops;

/** The headers of a predictor with duplication under a stop rule. */
export function headersOf(bench: ReproductionBench, stop: Stop) {
  return bench.headers({
    predictor: { ...predictor, noise: noiseOf(bench) },
    duplication,
    'stop-rule': stops[stop],
  });
}

/** The same training without duplication: as many passes, in one phase. */
export function withoutDuplication(learned: LearnedCase): LearnedCase {
  const { rounds, firstEpochs, roundEpochs } = learned.settings;
  const epochs = Number(firstEpochs) + Number(rounds) * Number(roundEpochs);
  return {
    ...learned,
    name: `${learned.name}, no copies`,
    settings: { ...learned.settings, rounds: 0, firstEpochs: epochs },
  };
}

/** What each pass changes in the training queries. */
export interface Augmentation {
  /** Gaussian, in deviations of all values of the base. */
  readonly noise: number;
  /** The largest share of the way to its key that a query is moved. */
  readonly approach: number;
}

/** As our predictor is trained. */
export function augmentationOf(bench: ReproductionBench): Augmentation {
  return { noise: Number(noiseOf(bench)), approach: Number(predictor.approach) };
}

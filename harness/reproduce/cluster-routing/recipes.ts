import type { Choices } from '../../core/policy.ts';
import { scaleOf } from '../../evaluate/cluster-routing/scales.ts';
import type { LearnedCase } from '../../evaluate/learned/learned-target.ts';
import { duplicationGrammar } from '../../propose/grammar/cluster-routing/duplication.ts';
import { predictorGrammar } from '../../propose/grammar/cluster-routing/predictor.ts';
import type { ReproductionBench } from '../reproduction.ts';

interface Recipe {
  readonly predictor: Choices;
  readonly duplication: Choices;
}

/** The paper's, which are the grammars' seeds: noise of .05, queries as they are, a fifth of what is marked copied; with a wider network. */
const papers: Recipe = {
  predictor: { ...predictorGrammar.seedChoices, widths: '256-256' },
  duplication: duplicationGrammar.seedChoices,
};

/** Ours: chosen by trials on mnist-784 and sift-photos-128 over all of their queries. */
function ours({ dataset, scale }: ReproductionBench): Recipe {
  const { base, queries, leaveOneOut } = scaleOf(scale, dataset!.count);
  const rowsEach = queries / base + Number(leaveOneOut);
  // Few different queries a vector want much noise, or the network learns them by heart, is too sure, and nothing is left to mark.
  const noise = rowsEach < 30 ? '1' : '0.2';
  return {
    predictor: { ...predictorGrammar.seedChoices, approach: '0.5', batch: '512', rate: '0.002', noise },
    duplication: { ...duplicationGrammar.seedChoices, share: '1' },
  };
}

/** What predictor and duplication are made of at a preset. */
export function choicesOf(bench: ReproductionBench): Recipe {
  return bench.scale === 'paper' ? papers : ours(bench);
}

const stops = {
  fixed: { rule: 'count' },
  mass: {},
  adaptive: { rule: 'gain', evidence: 'distance', gap: '0.5' },
} as const;

export type Stop = keyof typeof stops;

/** The headers of a predictor with duplication under a stop rule. */
export function headersOf(bench: ReproductionBench, stop: Stop) {
  return bench.headers({ ...choicesOf(bench), 'stop-rule': stops[stop] });
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
  const { noise, approach } = choicesOf(bench).predictor;
  return { noise: Number(noise), approach: Number(approach) };
}

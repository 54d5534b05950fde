import type { PreparedDataset } from '../../../datasets/prepared.ts';
import type { QuerySet } from '../../core/evaluation.ts';
import type { Examination, MeanPoint } from './examination.ts';
import type { Settings, TrainingInputs } from './training.ts';
import type { Workshop } from './workshop.ts';

/** One thing that an evaluation trains and examines; a target's reward is the mean over its cases. */
export interface LearnedCase {
  /** For instance `m=16`; unique within the target. */
  readonly name: string;
  /** For the training, besides its seed. */
  readonly settings: Settings;
  readonly inputs: TrainingInputs;
  /** Stands for the content of the inputs. */
  readonly inputsHash: string;
  /** CPU seconds a training may take. */
  readonly limitSeconds: number;
  readonly memoryMebibytes: number;
  /**
   * What to examine a trained index with, besides the index and the command that serves it, which are added as `index` and `argv`. Selection,
   * promotion and final figures are taken on queries of their own.
   */
  readonly examination: (queries: QuerySet) => object;
  /** What to examine the target's baseline with, by the same program; `seed` is what it may draw by. */
  readonly baseline: (queries: QuerySet, seed: number) => object;
}

/** A learned structure as the harness sees it: what it trains, how it is examined and what is wanted of it. */
export interface LearnedTarget {
  readonly name: string;
  /** Slots whose headers the training program is compiled with, and those of the serving program. */
  readonly trains: readonly string[];
  readonly serves: readonly string[];
  /** For the linker of the training program, besides LibTorch. */
  readonly libraries: readonly string[];
  /** The training program's headers worth precompiling, besides LibTorch's: its contract. */
  readonly precompiled: readonly string[];
  /** Whether a campaign's dataset is used; `synthetic` targets sample their own. */
  readonly data: 'dataset' | 'synthetic';
  /** Names of scales, such as campaign, small and paper. */
  readonly scales: readonly string[];
  /** Prepares the data of a scale. @throws UsageError where there is no such scale, or the dataset is too small for it */
  cases(workshop: Workshop, scale: string, dataset: PreparedDataset | undefined): Promise<readonly LearnedCase[]>;
  /**
   * The reward of a curve: nats, or accuracy, above the baseline's, penalties included. NaN where the curve does not reach the window.
   * @param facts the examination's figures besides its curve
   */
  reward(curve: readonly MeanPoint[], baseline: readonly MeanPoint[], facts: Examination['facts']): number;
}

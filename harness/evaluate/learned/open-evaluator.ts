import type { PreparedDataset } from '../../../datasets/prepared.ts';
import { HarnessError } from '../../core/errors.ts';
import type { Evaluator } from '../../core/evaluation.ts';
import type { ProgressView } from '../../core/progress.ts';
import type { CampaignSpec } from '../../core/spec.ts';
import type { Toolchain } from '../toolchain.ts';

export interface LearnedEvaluatorParts {
  readonly cacheDir: string;
  readonly toolchain: Toolchain;
  readonly progress: ProgressView;
  readonly libtorch?: string;
  /** Absent where the target draws its own data. */
  readonly dataset: PreparedDataset | undefined;
}

/** An evaluator of a learned target, which `close` ends. */
export async function openLearnedEvaluator(
  { target }: CampaignSpec,
  _parts: LearnedEvaluatorParts,
): Promise<{ readonly evaluator: Evaluator; readonly close: () => Promise<void> }> {
  throw new HarnessError(`campaigns of ${target} cannot be evaluated yet`);
}

import type { PreparedDataset } from '../../../datasets/prepared.ts';
import type { Evaluator } from '../../core/evaluation.ts';
import type { ProgressView } from '../../core/progress.ts';
import type { CampaignSpec } from '../../core/spec.ts';
import { wordsOf } from '../../core/target-words.ts';
import type { DuplicateIndex } from '../duplicates.ts';
import type { Toolchain } from '../toolchain.ts';
import { LearnedEvaluator } from './learned-evaluator.ts';
import { openLearned } from './open.ts';
import { learnedTarget } from './targets.ts';
import type { TrainerChoice } from './trainer.ts';

/** What a campaign on a learned target measures with; `close` ends its compile lanes. */
export async function openLearnedEvaluator(
  spec: CampaignSpec,
  parts: {
    readonly cacheDir: string;
    readonly toolchain: Toolchain;
    readonly progress: ProgressView;
    readonly trainer?: TrainerChoice | undefined;
    /** Undefined for a target that samples its own data. */
    readonly dataset: PreparedDataset | undefined;
    readonly duplicates?: DuplicateIndex | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<{ evaluator: Evaluator; close: () => Promise<void> }> {
  const { cacheDir, toolchain, progress, trainer, dataset, duplicates, signal } = parts;
  const target = learnedTarget(spec.target);
  const bench = await openLearned({
    target,
    scale: spec.scale ?? 'campaign',
    dataset,
    toolchain,
    cacheDir,
    sandbox: spec.sandbox,
    trainer,
    progress,
    signal,
  });
  const evaluator = new LearnedEvaluator({
    target,
    cases: bench.cases,
    maker: bench.maker,
    requiredGain: spec.requiredGain,
    windowEnd: wordsOf(spec.target).window?.high ?? null,
    duplicates,
  });
  return { evaluator, close: bench.close };
}

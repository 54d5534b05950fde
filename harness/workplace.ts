import { contentHashes, vectorHashes } from '../datasets/content-hashes.ts';
import { type PreparedDataset, prepareDataset } from '../datasets/prepared.ts';
import { datasetOf, makeWorkbench, openEvaluator, type Workbench } from './assemble.ts';
import type { Evaluator } from './core/evaluation.ts';
import type { IndexCost } from './core/index-cost.ts';
import { graphCostOf } from './core/index-cost.ts';
import type { Fingerprint } from './core/machine.ts';
import type { ProgressView } from './core/progress.ts';
import { type CampaignSpec, syntheticData } from './core/spec.ts';
import { isLearned } from './core/target.ts';
import type { DuplicateIndex } from './evaluate/duplicates.ts';
import { takeFingerprint } from './evaluate/fingerprint.ts';
import { openLearnedEvaluator } from './evaluate/learned/open-evaluator.ts';
import { learnedEvaluatorHash } from './evaluate/learned/programs.ts';
import { findTrainer, type TrainerChoice } from './evaluate/learned/trainer.ts';
import { findToolchain } from './evaluate/toolchain.ts';

export interface WorkplaceOptions {
  readonly cacheDir: string;
  readonly progress: ProgressView;
  readonly trainer?: TrainerChoice | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface OpenOptions {
  /** In place of the workplace's own: another k, say, on the same data. */
  readonly spec?: CampaignSpec;
  /** What caps are relative to, once it is known. */
  readonly seedCost?: () => IndexCost | undefined;
  readonly duplicates?: DuplicateIndex;
}

/** A machine made ready for a target and its data, whichever they are. */
export interface Workplace {
  /** What figures taken here depend on. */
  readonly fingerprint: Fingerprint;
  open(options?: OpenOptions): Promise<{ readonly evaluator: Evaluator; readonly close: () => Promise<void> }>;
}

/** @throws MachineError where the machine lacks what the target needs; UsageError where the dataset is wrong */
export function makeWorkplace(spec: CampaignSpec, options: WorkplaceOptions): Promise<Workplace> {
  return isLearned(spec.target) ? learnedWorkplace(spec, options) : graphWorkplace(spec, options);
}

async function graphWorkplace(
  spec: CampaignSpec,
  { cacheDir, progress, signal }: WorkplaceOptions,
): Promise<Workplace> {
  const bench: Workbench = await makeWorkbench(spec, cacheDir, progress, signal);
  return {
    fingerprint: await takeFingerprint(await contentHashes(bench.dataset), bench.toolchain),
    open: ({ spec: asked = spec, seedCost = () => undefined, duplicates } = {}) =>
      openEvaluator(asked, bench, cacheDir, () => graphCostOf(seedCost()), duplicates ? { duplicates } : {}),
  };
}

async function learnedWorkplace(spec: CampaignSpec, options: WorkplaceOptions): Promise<Workplace> {
  const { cacheDir, progress, trainer, signal } = options;
  const { version } = await findTrainer(trainer);
  const toolchain = await findToolchain();
  progress.event({ type: 'step', message: `compiler: ${toolchain.version}` });
  const dataset = spec.dataset === syntheticData ? undefined : await prepared(spec, options);
  const content = dataset ? await vectorHashes(dataset) : { dataset: `${syntheticData}: drawn by ${spec.target}` };
  const own = { evaluator: await learnedEvaluatorHash(spec.target), trainer: version };
  return {
    fingerprint: await takeFingerprint(content, toolchain, own),
    open: ({ spec: asked = spec, duplicates } = {}) =>
      openLearnedEvaluator(asked, { cacheDir, toolchain, progress, dataset, trainer, duplicates, signal }),
  };
}

async function prepared(spec: CampaignSpec, { cacheDir, progress }: WorkplaceOptions): Promise<PreparedDataset> {
  progress.event({ type: 'step', message: `preparing dataset ${spec.dataset}` });
  const dataset = await prepareDataset(datasetOf(spec), {
    cacheDir,
    onProgress: (done, total) => progress.event({ type: 'progress', message: 'preparing dataset', done, total }),
  });
  const { name, count, dimension, queryCount, metric } = dataset;
  progress.event({ type: 'step', message: `${name}: ${count} x ${dimension}, ${queryCount} queries, ${metric}` });
  return dataset;
}

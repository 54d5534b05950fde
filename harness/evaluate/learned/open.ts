import { availableParallelism } from 'node:os';
import type { PreparedDataset } from '../../../datasets/prepared.ts';
import { UsageError } from '../../core/errors.ts';
import type { ProgressView } from '../../core/progress.ts';
import type { CampaignSpec } from '../../core/spec.ts';
import { CompileLanes } from '../lanes.ts';
import { precompile } from '../precompiled.ts';
import { requireSandbox } from '../sandbox.ts';
import { systemCallFilters } from '../system-call-filters.ts';
import { cpuFlags, hashOf, ownProgram, type Toolchain } from '../toolchain.ts';
import type { LearnedCase, LearnedTarget } from './learned-target.ts';
import { learnedSupport, trustedProgram } from './programs.ts';
import { TrainedIndexMaker, trainingFlags } from './trained-index.ts';
import { findTrainer, type Trainer, type TrainerChoice } from './trainer.ts';
import { Workshop } from './workshop.ts';

/** A machine made ready for a learned target at a scale. */
export interface LearnedBench {
  readonly target: LearnedTarget;
  readonly scale: string;
  readonly cases: readonly LearnedCase[];
  readonly workshop: Workshop;
  readonly maker: TrainedIndexMaker;
  readonly libtorch: Trainer;
  readonly close: () => Promise<void>;
}

export interface LearnedBenchOptions {
  readonly target: LearnedTarget;
  readonly scale: string;
  readonly dataset: PreparedDataset | undefined;
  readonly toolchain: Toolchain;
  readonly cacheDir: string;
  readonly sandbox: CampaignSpec['sandbox'];
  readonly trainer?: TrainerChoice | undefined;
  readonly progress: ProgressView;
  readonly signal?: AbortSignal | undefined;
}

/** @throws MachineError where something is missing, with the command that installs it; UsageError for a scale that there is not */
export async function openLearned(options: LearnedBenchOptions): Promise<LearnedBench> {
  const { target, scale, dataset, toolchain, cacheDir, sandbox, progress, signal } = options;
  if (!target.scales.includes(scale)) {
    throw new UsageError(`${target.name} has no scale "${scale}"; it has ${target.scales.join(', ')}`);
  }
  if (sandbox === 'bubblewrap') requireSandbox();
  const libtorch = await findTrainer(options.trainer);
  const step = (message: string) => progress.event({ type: 'step', message });
  step(`trainer: ${libtorch.version}`);
  const truthBinary = await ownProgram('truth', cacheDir, toolchain);
  const workshop = new Workshop({ cacheDir, toolchain, truthBinary, progress, signal });
  step(`compiling the referee of ${target.name}`);
  const examineBinary = await trustedProgram(target.name, 'examine', cacheDir, toolchain);
  const cases = await target.cases(workshop, scale, dataset);
  const metric = dataset?.metric ?? 'squared_l2';
  const support = await learnedSupport(target.name);
  const machineKey = hashOf(toolchain.version, await cpuFlags(), JSON.stringify(support));
  const flags = trainingFlags(toolchain, libtorch);
  const headers = ['torch/torch.h', ...target.precompiled];
  const lanes = new CompileLanes(availableParallelism());
  const maker = new TrainedIndexMaker({
    target,
    sandbox,
    metric,
    toolchain,
    libtorch,
    machineKey,
    support,
    cacheDir,
    lanes,
    filters: sandbox === 'bubblewrap' ? await systemCallFilters(cacheDir, toolchain) : undefined,
    precompiled: await precompile(cacheDir, machineKey, { ...toolchain, flags }, metric, headers),
    examineBinary,
    signal,
    onTraining: (what, done, total) => progress.event({ type: 'progress', message: `training ${what}`, done, total }),
  });
  return { target, scale, cases, workshop, maker, libtorch, close: () => lanes.close() };
}

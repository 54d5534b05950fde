import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { DatasetSelector } from '../../datasets/find-dataset.ts';
import { prepareDataset } from '../../datasets/prepared.ts';
import { HarnessError, UsageError } from '../core/errors.ts';
import { describeOutcome } from '../core/outcome.ts';
import type { ProgressView } from '../core/progress.ts';
import { Failed } from '../evaluate/failed.ts';
import { openLearned } from '../evaluate/learned/open.ts';
import type { TrainerChoice } from '../evaluate/learned/trainer.ts';
import { findToolchain } from '../evaluate/toolchain.ts';
import { chartSvg } from '../record/report/chart.ts';
import { asPrinted } from './claim.ts';
import { reproductionPage } from './page.ts';
import { ReproductionBench } from './reproduction.ts';
import { reproductionOf } from './reproductions.ts';
import type { ReproductionResult } from './result.ts';

export interface ReproduceOptions {
  readonly target: string;
  readonly preset: string;
  /** Absent: the reproduction's own. */
  readonly seeds: readonly number[] | undefined;
  /** Absent: mnist-784, or what the target samples itself. */
  readonly dataset: DatasetSelector | undefined;
  readonly cacheDir: string;
  readonly trainer: TrainerChoice;
  /** Where page, figures and claims go. */
  readonly outDir: string;
  readonly progress: ProgressView;
  readonly signal: AbortSignal;
}

const threeSeeds = [1, 2, 3] as const;
const defaultDataset: DatasetSelector = { dataset: 'mnist-784-euclidean' };

/** Trains, examines and draws; what was trained before, also in a run that was cut short, is not trained again. */
export async function reproduce(options: ReproduceOptions): Promise<{ result: ReproductionResult; page: string }> {
  const { target, preset, cacheDir, outDir, progress, signal } = options;
  const began = performance.now();
  const reproduction = reproductionOf(target);
  const presets = reproduction.presets ?? reproduction.target.scales;
  if (!presets.includes(preset))
    throw new UsageError(`--preset ${preset}: ${target} is reproduced at ${presets.join(', ')}`);
  const seeds = options.seeds ?? reproduction.seeds ?? threeSeeds;
  const toolchain = await findToolchain();
  const selector = options.dataset ?? (reproduction.target.data === 'dataset' ? defaultDataset : undefined);
  const onProgress = (done: number, total: number) =>
    progress.event({ type: 'progress', message: 'preparing dataset', done, total });
  const dataset = selector && (await prepareDataset(selector, { cacheDir, onProgress, signal }));
  const bench = await openLearned({
    target: reproduction.target,
    scale: preset,
    dataset,
    toolchain,
    cacheDir,
    sandbox: 'bubblewrap',
    trainer: options.trainer,
    progress,
    signal,
  });
  try {
    const findings = await reproduction.run(new ReproductionBench({ reproduction, bench, dataset, seeds, progress }));
    const result: ReproductionResult = {
      target,
      preset,
      seeds,
      dataset: dataset ? `${dataset.name}, ${dataset.count} x ${dataset.dimension}` : 'synthetic',
      machine: `${cpus()[0]?.model ?? 'unknown processor'}, ${toolchain.version}, ${bench.libtorch.version}`,
      seconds: (performance.now() - began) / 1000,
      notes: findings.notes,
      figures: findings.figures,
      claims: findings.claims,
    };
    return { result, page: await write(outDir, result) };
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    throw new HarnessError(
      `${target}: a header of ours did not pass: ${describeOutcome(error.outcome)} ${JSON.stringify(error.outcome)}`,
      { cause: error },
    );
  } finally {
    await bench.close();
  }
}

async function write(outDir: string, result: ReproductionResult): Promise<string> {
  await mkdir(outDir, { recursive: true });
  const { figures, ...figureless } = { ...result, claims: result.claims.map(asPrinted) };
  for (const { name, charts } of figures) {
    for (const [at, chart] of charts.entries()) {
      await writeFile(join(outDir, charts.length > 1 ? `${name}-${at + 1}.svg` : `${name}.svg`), chartSvg(chart));
    }
  }
  await writeFile(join(outDir, 'claims.json'), `${JSON.stringify(figureless, null, 2)}\n`);
  const page = join(outDir, 'index.html');
  await writeFile(page, reproductionPage(result));
  return page;
}

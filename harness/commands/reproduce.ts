import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { UsageError } from '../core/errors.ts';
import { packageRoot } from '../core/paths.ts';
import type { ProgressView } from '../core/progress.ts';
import { findLibTorch } from '../evaluate/learned/libtorch.ts';
import { trainerChoice } from '../evaluate/learned/trainer.ts';
import { progressView } from '../record/live.ts';
import { asPrinted, describeSeen } from '../reproduce/claim.ts';
import { reproduce } from '../reproduce/reproduce.ts';
import type { ReproductionResult } from '../reproduce/result.ts';
import type { CliEnvironment } from './environment.ts';
import { interruptible } from './interruption.ts';

export interface ReproduceFlags {
  readonly preset: string;
  readonly seeds?: string;
  readonly dataset?: string;
  readonly queries?: string;
  readonly out?: string;
  readonly json: boolean;
}

/** `annvil reproduce <target>`: trains, measures, draws, and prints the paper's claims beside what was seen. */
export async function reproduceCommand(
  environment: CliEnvironment,
  target: string,
  { preset, seeds, dataset, queries, out, json }: ReproduceFlags,
): Promise<void> {
  if (queries !== undefined && dataset === undefined) {
    throw new UsageError(`--queries ${queries} belongs to a dataset that is a file: give that too, --dataset FILE`);
  }
  const chosen = seeds === undefined ? undefined : seedList(seeds);
  const progress = progressView({ ...environment, terminal: environment.terminal && !json });
  const { result, page } = await interruptible(progress, 'the same command goes on from here', async (signal) => {
    await installTrainer(environment, progress);
    return reproduce({
      target,
      preset,
      seeds: chosen,
      dataset: dataset === undefined ? undefined : { dataset, ...(queries !== undefined && { queries }) },
      cacheDir: environment.cacheDir,
      trainer: trainerChoice(environment.variable),
      outDir: resolve(out ?? join('reproductions', `${target}-${preset}`)),
      progress,
      signal,
    });
  });
  environment.print(json ? asJson(result) : asText(result, page));
}

/** Where LibTorch is missing and this is root in a clone, installs it as `npm start` would; elsewhere what follows says how to. */
async function installTrainer({ variable }: CliEnvironment, progress: ProgressView): Promise<void> {
  const setup = join(packageRoot, 'harness', 'setup.mjs');
  if (variable('ANNVIL_LIBTORCH') || process.getuid?.() !== 0 || !existsSync(setup)) return;
  const found = await findLibTorch().catch(() => undefined);
  if (found) return;
  progress.event({ type: 'step', message: 'installing LibTorch (Debian packages)' });
  await execa(process.execPath, [setup], { stdio: ['ignore', 'ignore', 'inherit'], reject: false });
}

/** @throws UsageError for what is no list of whole numbers */
function seedList(text: string): number[] {
  const seeds = text.split(',').map(Number);
  if (seeds.every((seed) => Number.isInteger(seed) && seed > 0) && new Set(seeds).size === seeds.length) return seeds;
  throw new UsageError(`--seeds "${text}" is no list of different whole numbers above 0, such as 1,2,3`);
}

/** Claims come last, so that the end of a log shows them. */
function asJson({ figures, claims, ...rest }: ReproductionResult): string {
  return JSON.stringify({ ...rest, figures: figures.map(({ name }) => name), claims: claims.map(asPrinted) }, null, 2);
}

function asText({ target, preset, seeds, dataset, seconds, claims, notes }: ReproductionResult, page: string): string {
  const said = claims.flatMap(({ claim, paper, seen, shown, note }) => [
    `${shown === 'yes' ? 'shown' : shown === 'no' ? 'NOT SHOWN' : shown}: ${claim}`,
    `  paper: ${paper}`,
    `  seen:  ${seen ? describeSeen(seen) : 'not measured'} (${note})`,
  ]);
  const heading = `${target}, preset ${preset}, seeds ${seeds.join(', ')}, ${dataset}: ${Math.round(seconds)} s`;
  return [heading, '', ...said, '', ...notes, `page: ${page}`].join('\n');
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Examination } from '../../evaluate/learned/examination.ts';
import type { LearnedCase } from '../../evaluate/learned/learned-target.ts';
import { trustedProgram } from '../../evaluate/learned/programs.ts';
import { hashOf } from '../../evaluate/toolchain.ts';
import type { ReproductionBench } from '../reproduction.ts';
import { augmentationOf } from './recipes.ts';

/**
 * Trains and examines LIRA for every seed, on what a case is trained on, with as many epochs and copies and under the same augmentation. One that is
 * cut short goes on.
 */
export async function examineLira(bench: ReproductionBench, learned: LearnedCase): Promise<Examination[]> {
  const { workshop, libtorch } = bench.learned;
  const { cacheDir, toolchain } = workshop;
  const binary = await trustedProgram('cluster-routing', 'baseline-lira', cacheDir, toolchain, libtorch);
  const { firstEpochs, roundEpochs, rounds, copies } = learned.settings;
  const unfinished = join(cacheDir, 'learned', 'lira');
  await mkdir(unfinished, { recursive: true });
  return bench.eachSeed((seed) => {
    const request = {
      ...learned.baseline('final', seed),
      trainQueries: learned.inputs.queries,
      trainKeys: learned.inputs.neighbours,
      epochs: Number(firstEpochs) + Number(rounds) * Number(roundEpochs),
      copies,
      ...augmentationOf(bench),
    };
    const checkpoint = join(unfinished, `${hashOf(binary, JSON.stringify(request)).slice(0, 32)}.checkpoint`);
    return bench.trusted({ ...request, checkpoint }, { name: 'lira', binary });
  });
}

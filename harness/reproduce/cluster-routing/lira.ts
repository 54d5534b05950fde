import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Examination, meanCurve } from '../../evaluate/learned/examination.ts';
import type { LearnedCase } from '../../evaluate/learned/learned-target.ts';
import { costAt } from '../../evaluate/learned/log-ratio.ts';
import { trustedProgram } from '../../evaluate/learned/programs.ts';
import { hashOf } from '../../evaluate/toolchain.ts';
import type { ReproductionBench } from '../reproduction.ts';
import { type Augmentation, augmentationOf } from './recipes.ts';

/**
 * LIRA for every seed, on what a case is trained on, with as many epochs and copies: as its paper trains it, and under our predictor's augmentation.
 * The better is what is compared with, chosen on the final queries and so in its favour.
 */
export async function examineLira(bench: ReproductionBench, learned: LearnedCase): Promise<Examination[]> {
  const { cacheDir, toolchain } = bench.learned.workshop;
  const binary = await trustedProgram('cluster-routing', 'baseline-lira', cacheDir, toolchain, bench.learned.libtorch);
  await mkdir(unfinished(cacheDir), { recursive: true });
  const [clean, augmented] = await Promise.all(
    [{ noise: 0, approach: 0 }, augmentationOf(bench)].map((how) => trained(bench, learned, binary, how)),
  );
  return fetched(augmented!) < fetched(clean!) ? augmented! : clean!;
}

/** Vectors at recall .9, summed over seeds; infinite where a seed does not reach it. */
function fetched(seeds: readonly Examination[]): number {
  const costs = seeds.map(({ points }) => costAt(meanCurve(points), 0.9));
  return costs.reduce((sum, cost) => sum + (Number.isNaN(cost) ? Number.POSITIVE_INFINITY : cost), 0);
}

/** Where checkpoints are while there is something to train. */
const unfinished = (cacheDir: string) => join(cacheDir, 'learned', 'lira');

/** Trains and examines; what is cut short goes on from its checkpoint. */
function trained(
  bench: ReproductionBench,
  learned: LearnedCase,
  binary: string,
  how: Augmentation,
): Promise<Examination[]> {
  const folder = unfinished(bench.learned.workshop.cacheDir);
  const { firstEpochs, roundEpochs, rounds, copies } = learned.settings;
  return bench.eachSeed((seed) => {
    const request = {
      ...learned.baseline('final', seed),
      trainQueries: learned.inputs.queries,
      trainKeys: learned.inputs.neighbours,
      epochs: Number(firstEpochs) + Number(rounds) * Number(roundEpochs),
      copies,
      ...how,
    };
    const checkpoint = join(folder, `${hashOf(binary, JSON.stringify(request)).slice(0, 32)}.checkpoint`);
    return bench.trusted({ ...request, checkpoint }, { name: 'lira', binary });
  });
}

import type { Examination } from '../../evaluate/learned/examination.ts';
import type { LearnedCase } from '../../evaluate/learned/learned-target.ts';
import { trustedProgram } from '../../evaluate/learned/programs.ts';
import type { ReproductionBench } from '../reproduction.ts';

/** Trains and examines LIRA for every seed, on what a case is trained on, with as many epochs and copies. */
export async function examineLira(bench: ReproductionBench, learned: LearnedCase): Promise<Examination[]> {
  const { workshop, libtorch } = bench.learned;
  const { cacheDir, toolchain } = workshop;
  const binary = await trustedProgram('cluster-routing', 'baseline-lira', cacheDir, toolchain, libtorch);
  const { firstEpochs, roundEpochs, rounds, copies } = learned.settings;
  return bench.eachSeed((seed) => {
    const request = {
      ...learned.baseline('final', seed),
      trainQueries: learned.inputs.queries,
      trainKeys: learned.inputs.neighbours,
      epochs: Number(firstEpochs) + Number(rounds) * Number(roundEpochs),
      copies,
    };
    return bench.trusted(request, { name: 'lira', binary });
  });
}

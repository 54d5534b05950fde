import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { HarnessError } from '../../core/errors.ts';
import { Turnstile } from '../../core/turnstile.ts';
import { type Examination, examine } from '../../evaluate/learned/examination.ts';
import type { LearnedCase } from '../../evaluate/learned/learned-target.ts';
import { trustedProgram } from '../../evaluate/learned/programs.ts';
import { hashOf } from '../../evaluate/toolchain.ts';
import type { ReproductionBench } from '../reproduction.ts';

/** Trains and examines LIRA for every seed, on what a case is trained on, with as many epochs and copies. */
export async function examineLira(bench: ReproductionBench, learned: LearnedCase): Promise<Examination[]> {
  const { workshop, libtorch } = bench.learned;
  const { cacheDir, toolchain } = workshop;
  const binary = await trustedProgram('cluster-routing', 'baseline-lira', cacheDir, toolchain, libtorch);
  const { firstEpochs, roundEpochs, rounds, copies } = learned.settings;
  const lanes = new Turnstile(availableParallelism());
  return bench.eachSeed((seed) =>
    lanes.through(async () => {
      const request = {
        ...learned.baseline('final', seed),
        trainQueries: learned.inputs.queries,
        trainKeys: learned.inputs.neighbours,
        epochs: Number(firstEpochs) + Number(rounds) * Number(roundEpochs),
        copies,
      };
      const name = `lira-${hashOf(binary, JSON.stringify(request)).slice(0, 32)}.json`;
      const path = join(cacheDir, 'learned', 'examinations', name);
      if (!existsSync(path)) {
        const examination = await examine(binary, request);
        if (examination.kind !== 'examined') throw new HarnessError(`LIRA could not be examined: ${examination.kind}`);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(`${path}.${process.pid}`, JSON.stringify(examination));
        await rename(`${path}.${process.pid}`, path);
      }
      return JSON.parse(await readFile(path, 'utf8')) as Examination;
    }),
  );
}

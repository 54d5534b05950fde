import { join } from 'node:path';
import { prepareDataset } from '../../datasets/prepared.ts';
import type { TreeScale } from '../evaluate/balanced-tree/scales.ts';
import { balancedTree, casesOf } from '../evaluate/balanced-tree/target.ts';
import type { LearnedCase } from '../evaluate/learned/learned-target.ts';
import { type LearnedBench, openLearned } from '../evaluate/learned/open.ts';
import type { Headers } from '../evaluate/learned/trained-index.ts';
import { findToolchain } from '../evaluate/toolchain.ts';
import { seedCandidates } from '../seeds.ts';
import { smallDataset } from './small-dataset.ts';

/** Trees of 16 leaves over 3,000 vectors: trained in a second. */
const scale: TreeScale = {
  cases: [
    {
      ...{ branching: 4, height: 2, trees: 3, cycles: 3, epochs: 2, batch: 64 },
      ...{ 'learning-rate': 3e-3, width: 16, hidden: 32, heads: 4, feed: 32 },
    },
  ],
  queryShare: 0.2,
  queries: 1200,
  limitSeconds: 15,
};

/** A bench whose one case is small, in `folder`; with the target's seeds. */
export async function smallTrees(
  folder: string,
): Promise<{ readonly bench: LearnedBench; readonly learned: LearnedCase; readonly seeds: Headers }> {
  const cacheDir = join(folder, 'cache');
  const dataset = await prepareDataset(await smallDataset(folder), { cacheDir });
  const bench = await openLearned({
    target: { ...balancedTree, scales: ['tiny'], cases: (workshop) => casesOf(workshop, scale, dataset) },
    scale: 'tiny',
    dataset,
    toolchain: await findToolchain(),
    cacheDir,
    sandbox: 'bubblewrap',
    progress: { event: () => {}, close: () => {} },
  });
  return { bench, learned: bench.cases[0]!, seeds: await seedCandidates('balanced-tree') };
}

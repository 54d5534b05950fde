import type { ReproductionBench } from '../reproduction.ts';
import type { Trial, Trials } from './trials.ts';

/** Everything that is measured at one case. */
export async function measure(bench: ReproductionBench, trials: Trials, trees: number) {
  // A query with all its neighbours is encoded once, which sums the same losses in fewer and larger steps.
  const router = { pairs: bench.scale === 'paper' ? 'single' : 'grouped' };
  const paper: Trial = { headers: bench.headers({ router }), trees };
  const single = (choices: Record<string, string>): Trial => ({
    headers: bench.headers({ router, 'tree-update': choices }),
    trees: 1,
  });
  const byInput = single({ order: 'input' });
  const warm = single({ start: 'bisection' });
  const union: Trial = { headers: bench.headers({ router, beam: { votes: 'one' } }), trees };
  const summed: Trial = {
    headers: bench.headers({ router, beam: { votes: 'log-probability', leaves: '4', floor: 'last' } }),
    trees,
  };
  const all = Array.from({ length: trials.cycles + 1 }, (_, cycle) => cycle);
  const early = Math.max(1, Math.round(trials.cycles / 3));
  const few = [...new Set([1, early, trials.cycles])];
  bench.step(
    `growing ${trees} trees, and one by input order and one from a warm start, for each of ${bench.seeds.length} seeds`,
  );
  const [ensemble, ...rest] = await Promise.all([
    trials.examined(paper),
    trials.byCycle(paper, all),
    trials.byCycle(byInput, few),
    trials.byCycle(warm, few),
    trials.curves(paper),
    trials.curves(union),
    trials.curves(summed),
    trials.baseline('kmeans'),
    trials.baseline('tree-kmeans'),
  ]);
  const [cycles, inputCycles, warmCycles, four, either, weighed, kmeans, treeKmeans] = rest;
  return { trees, early, ensemble, cycles, inputCycles, warmCycles, four, either, weighed, kmeans, treeKmeans };
}

export type Measured = Awaited<ReturnType<typeof measure>>;

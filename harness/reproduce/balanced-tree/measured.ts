import type { ReproductionBench } from '../reproduction.ts';
import type { Trial, Trials } from './trials.ts';

/** Everything that is measured at one case. */
export async function measure(bench: ReproductionBench, trials: Trials, trees: number) {
  const paper: Trial = { headers: bench.headers(), trees };
  const single = (choices: Record<string, string>): Trial => ({
    headers: bench.headers({ 'tree-update': choices }),
    trees: 1,
  });
  const byInput = single({ order: 'input' });
  const warm = single({ start: 'bisection' });
  const union: Trial = { headers: bench.headers({ beam: { votes: 'one' } }), trees };
  const summed: Trial = {
    headers: bench.headers({ beam: { votes: 'log-probability', leaves: '4', floor: 'last' } }),
    trees,
  };
  bench.step(
    `growing ${trees} trees, and one by input order and one from a warm start, for each of ${bench.seeds.length} seeds`,
  );
  const [ensemble, ...rest] = await Promise.all([
    trials.examined(paper),
    trials.byCycle(paper),
    trials.byCycle(byInput),
    trials.byCycle(warm),
    trials.curves(paper),
    trials.curves(union),
    trials.curves(summed),
    trials.baseline('kmeans'),
    trials.baseline('tree-kmeans'),
  ]);
  const [cycles, inputCycles, warmCycles, four, either, weighed, kmeans, treeKmeans] = rest;
  return { trees, ensemble, cycles, inputCycles, warmCycles, four, either, weighed, kmeans, treeKmeans };
}

export type Measured = Awaited<ReturnType<typeof measure>>;

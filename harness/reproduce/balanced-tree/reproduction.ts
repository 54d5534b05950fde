import { balancedTree } from '../../evaluate/balanced-tree/target.ts';
import { balancedTreeGrammars } from '../../propose/grammar/balanced-tree/grammars.ts';
import type { Findings, Reproduction, ReproductionBench } from '../reproduction.ts';
import { claimsOf } from './claims.ts';
import { figuresOf } from './figures.ts';
import { type Trial, Trials } from './trials.ts';

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

async function run(bench: ReproductionBench): Promise<Findings> {
  const findings: Findings[] = [];
  for (const learned of bench.cases) {
    const trials = new Trials(bench, learned);
    const measured = await measure(bench, trials, Number(learned.settings.trees));
    const rows = bench.scale === 'small' ? 20_000 : bench.dataset!.count;
    const where = `${learned.name}, ${rows} vectors of ${bench.dataset!.name}`;
    findings.push({
      claims: claimsOf(measured, where, rows, bench.dataset!.dimension),
      figures: figuresOf(measured, where, learned.name.replaceAll(/\W+/g, '').toLowerCase()),
      notes: [],
    });
  }
  return {
    claims: findings.flatMap(({ claims }) => claims),
    figures: findings.flatMap(({ figures }) => figures),
    notes: [
      'Cost is the vectors compared with a query, each once; recall is recall@10 of the 1,000 final queries (a quarter of those there are), on which nothing was chosen.',
      'Ratios are geometric means over recalls .70 to .95 in steps of .05, paired by seed; intervals are Student’s t over seeds.',
      'Batches hold a query with all its neighbours and not single pairs, which sums the same losses with one encoding a query. At the small scale the rate is 2e-3 and the router is narrower than the paper’s.',
    ],
  };
}

export const reproduction: Reproduction = { target: balancedTree, grammars: balancedTreeGrammars, run };

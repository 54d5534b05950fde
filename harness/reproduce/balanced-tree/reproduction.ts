import { treeScales } from '../../evaluate/balanced-tree/scales.ts';
import { balancedTree } from '../../evaluate/balanced-tree/target.ts';
import type { LearnedCase } from '../../evaluate/learned/learned-target.ts';
import { balancedTreeGrammars } from '../../propose/grammar/balanced-tree/grammars.ts';
import type { Findings, Reproduction, ReproductionBench } from '../reproduction.ts';
import { claimsOf } from './claims.ts';
import { figuresOf } from './figures.ts';
import { type Measured, measure } from './measured.ts';
import { Trials } from './trials.ts';

async function run(bench: ReproductionBench): Promise<Findings> {
  const scale = treeScales[bench.scale]!;
  const dataset = bench.dataset!;
  const finals = Math.floor(Math.min(scale.queries, dataset.queryCount) / 4);
  const findings: Findings[] = [];
  for (const learned of bench.cases) {
    const trials = new Trials(bench, learned);
    const measured = await measure(bench, trials, Number(learned.settings.trees));
    const rows = scale.rows ?? dataset.count;
    const where = `${learned.name}, ${rows} vectors of ${dataset.name}`;
    findings.push({
      claims: claimsOf(measured, where, rows, dataset.dimension),
      figures: figuresOf(measured, where, learned.name.replaceAll(/\W+/g, '').toLowerCase()),
      notes: [priceOf(learned, measured, dataset.dimension)],
    });
  }
  return {
    claims: findings.flatMap(({ claims }) => claims),
    figures: findings.flatMap(({ figures }) => figures),
    notes: [
      `Cost is the vectors compared with a query, each once; recall is recall@10 of ${finals} final queries, on which nothing was chosen.`,
      'Ratios are geometric means over recalls .70 to .95 in steps of .05, paired by seed; intervals are Student’s t over seeds.',
      ...findings.flatMap(({ notes }) => notes),
      bench.scale === 'paper'
        ? 'Batches are of single pairs, as the paper’s.'
        : 'Batches hold a query with all its neighbours and not single pairs, which sums the same losses with one encoding a query. The rate is 2e-3 and the router is narrower than the paper’s.',
    ],
  };
}

/** What candidates do not show: the routers' own work. */
function priceOf({ name, settings }: LearnedCase, { trees, ensemble }: Measured, dimension: number): string {
  const adds = ensemble[0]!.facts.multiplyAdds!;
  const centroids = Number(settings.branching) ** Number(settings.height) * dimension;
  return `${name}: the routers of ${trees} trees take ${adds} multiply-adds a query that asks every inner node, ${(adds / centroids).toFixed(1)} times comparing it with as many centroids.`;
}

export const reproduction: Reproduction = { target: balancedTree, grammars: balancedTreeGrammars, run };

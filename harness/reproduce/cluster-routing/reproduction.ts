import { scaleOf } from '../../evaluate/cluster-routing/scales.ts';
import { clusterRouting } from '../../evaluate/cluster-routing/target.ts';
import { clusterRoutingGrammars } from '../../propose/grammar/cluster-routing/grammars.ts';
import type { Reproduction, ReproductionBench } from '../reproduction.ts';
import { bytesRead } from './bytes.ts';
import { claimsOf } from './claims.ts';
import { figuresOf } from './figures.ts';
import { measure } from './measure.ts';
import { choicesOf } from './recipes.ts';

/** Ikeda, Miyashita & Deguchi 2025, "On Storage Neural Network Augmented Approximate Nearest Neighbor Search". */
export const clusterRoutingReproduction: Reproduction = {
  target: clusterRouting,
  grammars: clusterRoutingGrammars,
  async run(bench) {
    const measured = await measure(bench);
    const learned = bench.cases[0]!;
    const { facts } = measured['net + copies, adaptive'][0]!;
    const lira = measured.LIRA[0]!.facts;
    return {
      claims: claimsOf(measured, bench.scale, `${bench.dataset!.name}, ${learned.name}`),
      figures: figuresOf(measured),
      notes: [
        `${learned.name}; ${learned.settings.firstEpochs} epochs, then ${learned.settings.rounds} round(s) of duplication and ${learned.settings.roundEpochs} epochs after each.`,
        trainedOn(bench),
        `The network: ${facts.modelBytes} bytes, ${facts.multiplyAdds} multiply-adds a query; largest cluster ${facts.largestCluster?.toFixed(2)} times the mean; trained in ${facts.trainSeconds?.toFixed(0)} s.`,
        'SPANN: heads are 16 % of the vectors, closure up to 8 postings by the RNG rule, 118 vectors each, heads compared exactly in memory.',
        `LIRA: the same clusters and training queries; its copies are chosen by its own prediction. Trained without augmentation and with ours; the better at recall .9 is compared with: noise of ${lira.noise} deviations, moves of up to ${lira.approach} of the way.`,
        bytesRead(measured, 0.9),
      ],
    };
  },
};

/** Which queries the network has seen, and how. */
function trainedOn(bench: ReproductionBench): string {
  const { base, queries, leaveOneOut } = scaleOf(bench.scale, bench.dataset!.count);
  const { predictor, duplication } = choicesOf(bench);
  const { noise, approach, widths } = predictor;
  const rows = `${queries} rows that are neither indexed nor asked, ${(queries / base).toFixed(2)} a vector, with their exact nearest neighbour`;
  const others = leaveOneOut ? ', and the indexed rows, each with the nearest of the others' : '';
  const moved = approach === '0' ? '' : `, and moves of up to ${approach} of the way to the neighbour,`;
  return `Trained on ${rows}${others}. Noise of ${noise} deviations${moved} is drawn anew in each epoch and keeps the label. Hidden layers ${widths}; up to a share of ${duplication.share} of what is marked is copied.`;
}

import { nameOf, scales } from '../../evaluate/neural-lsh/scales.ts';
import { makeCase, neuralLsh, prepare } from '../../evaluate/neural-lsh/target.ts';
import { neuralLshGrammars } from '../../propose/grammar/neural-lsh/grammars.ts';
import type { Findings, Reproduction, ReproductionBench } from '../reproduction.ts';
import { claimsOf } from './claims.ts';
import { drawings } from './drawing.ts';
import { type FullyMeasured, type Measured, measure, measureFully } from './measured.ts';
import { fact } from './ratios.ts';

/** "Learning Space Partitions for Nearest Neighbor Search" (ICLR 2020). */
export const neuralLshReproduction: Reproduction = {
  target: neuralLsh,
  grammars: neuralLshGrammars,
  run,
};

async function run(bench: ReproductionBench): Promise<Findings> {
  const dataset = bench.dataset!;
  const scale = scales[bench.scale]!;
  const rows = Math.min(scale.rows, dataset.count);
  const measured: FullyMeasured[] = [];
  for (const learned of bench.cases) {
    bench.step(`${learned.name}: partition, router and baselines`);
    measured.push(await measureFully(bench, learned));
  }
  const beyond: Measured[] = [];
  for (const shape of scale.beyond) {
    bench.step(`${nameOf(shape)}: partition, router and k-means`);
    const { workshop } = bench.learned;
    beyond.push(await measure(bench, await makeCase(workshop, scale, shape, await prepare(workshop, scale, dataset))));
  }
  return {
    claims: claimsOf(measured, beyond, rows, `${dataset.name}, ${rows} rows`),
    figures: drawings(measured),
    notes: [
      ...measured.map(priceOf),
      'All is judged on the final quarter of the queries, by the same count: the sizes of the bins a query looks into, and how many of its ten nearest are in them.',
      'METIS cuts the graph, as KaHIP is in no distribution; where `kaffpa` is on the path its partition is taken.',
    ],
  };
}

/** What candidates do not show: the router's own work. */
function priceOf({ name, net }: Measured): string {
  const [scans, speed, bytes] = ['centroidScans', 'queriesPerSecond', 'modelBytes'].map((one) => fact(net, one).value);
  return (
    `${name}: the router takes ${scans!.toFixed(1)} times the multiply-adds of comparing a query with as many centroids, ` +
    `${(bytes! / 2 ** 20).toFixed(2)} MiB and, on one core beside other work, ${Math.round(speed!)} queries/s of CPU time.`
  );
}

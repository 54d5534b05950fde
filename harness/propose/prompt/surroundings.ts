import { graphCostOf } from '../../core/index-cost.ts';
import type { Fingerprint } from '../../core/machine.ts';
import type { Scored } from '../../core/outcome.ts';
import { type CampaignSpec, syntheticData } from '../../core/spec.ts';
import { isLearned } from '../../core/target.ts';

/** The machine as far as code depends on it. */
export function machineText(fingerprint: Fingerprint, spec: CampaignSpec): string {
  if (isLearned(spec.target)) return trainingMachineText(fingerprint);
  const { cpu, cores, caches, compiler, compilerFlags, hugePages } = fingerprint;
  const threads = spec.threads ?? cores;
  const lines = [
    `- CPU: ${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}; caches ${caches}.`,
    `- Compiler: ${compiler}, ${compilerFlags.join(' ')}. Code is compiled for this CPU; the contract's kernels take AVX-512 (with VNNI), AVX2 or plain C++ accordingly.`,
    `- A search runs on one core${spec.mode === 'throughput' ? ', while every other core does the same' : ''}; a build has ${threads} ${threads === 1 ? 'thread' : 'threads'}.`,
  ];
  if (hugePages) lines.push(`- Transparent huge pages: ${hugePages}.`);
  return lines.join('\n');
}

function trainingMachineText({ cpu, caches, compiler, trainer }: Fingerprint): string {
  return [
    `- CPU: ${cpu}; caches ${caches}. A training has one core of it, and so has an index that answers.`,
    `- Compiler: ${compiler}, C++20; code is compiled for this CPU.`,
    ...(trainer
      ? [`- Trainings are linked with ${trainer}, on the processor unless the contract hands over another device.`]
      : []),
  ].join('\n');
}

/** What is searched in; dimension and count are the dataset's own affair, and known at run time. */
export function datasetText({ target, scale, dataset, metric, k }: CampaignSpec): string {
  const angular = metric === 'angular' || (metric === undefined && /angular/.test(dataset));
  const name = dataset.split('/').at(-1)!;
  const compared = angular ? 'angular: unit vectors under `Metric::inner_product`' : 'euclidean: `Metric::squared_l2`';
  if (dataset === syntheticData) return `Data that ${target} draws itself, at the scale ${scale}.`;
  if (isLearned(target)) return `Dataset ${name} (${angular ? 'unit vectors' : 'euclidean'}), at the scale ${scale}.`;
  return `Dataset ${name} (${compared}), k = ${k}.`;
}

/** The caps on what a search may cost besides its queries, as an item of a list. */
export function budgetText(spec: CampaignSpec, seed: Scored | null): string {
  const { buildFactor, buildSecondsLimit, indexFactor, maxDegree, memoryMebibytes } = spec;
  const cost = graphCostOf(seed?.cost);
  const build = cost
    ? `${Math.min(buildFactor * cost.buildSeconds, buildSecondsLimit).toFixed(0)} s (the seed takes ${cost.buildSeconds.toFixed(1)} s)`
    : `${buildFactor} times the seed's time, ${buildSecondsLimit} s at most`;
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  const index = cost
    ? `${mebibytes(indexFactor * cost.indexBytes)} MiB (the seed takes ${mebibytes(cost.indexBytes)} MiB)`
    : `${indexFactor} times the seed's`;
  return `- Caps, beyond which there is no score: building the graph ${build}; graph plus what search and refinement lay out ${index}; preparing (the constructors) 30 s; out-degree ${maxDegree}; memory of a process ${memoryMebibytes} MiB. Below the caps, none of these counts.`;
}

import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DatasetSelector } from '../datasets/find-dataset.ts';
import { ensureGroundTruth } from '../datasets/ground-truth.ts';
import { type PreparedDataset, prepareDataset } from '../datasets/prepared.ts';
import { MachineError } from './core/errors.ts';
import { fingerprintDifferences } from './core/machine.ts';
import type { ProgressView } from './core/progress.ts';
import type { CampaignSpec } from './core/spec.ts';
import { type EvaluatorParts, GraphEvaluator } from './evaluate/evaluator.ts';
import { processorKey } from './evaluate/fingerprint.ts';
import { GraphCache } from './evaluate/graph-cache.ts';
import { CompileLanes } from './evaluate/lanes.ts';
import { leastIndexBytes, qpsCeiling } from './evaluate/physical-floor.ts';
import { precompileContract } from './evaluate/precompiled.ts';
import { Referee } from './evaluate/referee.ts';
import { rooflineOf } from './evaluate/roofline.ts';
import { requireSandbox } from './evaluate/sandbox.ts';
import { splitQueries } from './evaluate/splits.ts';
import { systemCallFilters } from './evaluate/system-call-filters.ts';
import {
  contractAndPlayer,
  cpuFlags,
  findToolchain,
  hashOf,
  ownProgram,
  type Toolchain,
} from './evaluate/toolchain.ts';
import { Vetter } from './evaluate/vetter.ts';

/** A machine made ready for a dataset: everything a campaign, a benchmark or a verification measures with. */
export interface Workbench {
  readonly dataset: PreparedDataset;
  readonly truthPath: string;
  readonly toolchain: Toolchain;
  readonly refereeBinary: string;
  readonly rooflineBinary: string;
}

/** Prepares dataset, ground truth and our own programs, each from the cache where it was made before. */
export async function makeWorkbench(
  spec: Pick<CampaignSpec, 'dataset' | 'queries' | 'metric' | 'sandbox'>,
  cacheDir: string,
  progress: ProgressView,
  signal?: AbortSignal,
): Promise<Workbench> {
  if (spec.sandbox === 'bubblewrap') requireSandbox();
  const step = (message: string) => progress.event({ type: 'step', message });
  const toolchain = await findToolchain();
  step(`compiler: ${toolchain.version}`);
  step(`preparing dataset ${spec.dataset}`);
  const dataset = await prepareDataset(datasetOf(spec), {
    cacheDir,
    onProgress: (done, total) => progress.event({ type: 'progress', message: 'preparing dataset', done, total }),
  });
  step(`${dataset.name}: ${dataset.count} x ${dataset.dimension}, ${dataset.queryCount} queries, ${dataset.metric}`);
  step('compiling the referee');
  const [refereeBinary, truthBinary, rooflineBinary] = await Promise.all([
    ownProgram('referee', cacheDir, toolchain),
    ownProgram('truth', cacheDir, toolchain),
    ownProgram('roofline', cacheDir, toolchain),
  ]);
  const truthPath = await ensureGroundTruth(dataset, {
    binary: truthBinary,
    onProgress: (done, total) => progress.event({ type: 'progress', message: 'exact ground truth', done, total }),
    ...(signal && { signal }),
  });
  return { dataset, truthPath, toolchain, refereeBinary, rooflineBinary };
}

/** The part of a specification that says which dataset. */
export function datasetOf({
  dataset,
  queries,
  metric,
}: Pick<CampaignSpec, 'dataset' | 'queries' | 'metric'>): DatasetSelector {
  return { dataset, ...(queries && { queries }), ...(metric && { metric }) };
}

/** An evaluator with its referee and compile lanes, which `close` ends. */
export async function openEvaluator(
  ...[spec, bench, cacheDir, seedCost, overrides]: Parameters<typeof openEvaluatorParts>
): Promise<{ evaluator: GraphEvaluator; close: () => Promise<void> }> {
  const { parts, close } = await openEvaluatorParts(spec, bench, cacheDir, seedCost, overrides);
  return { evaluator: new GraphEvaluator(parts), close };
}

/** What an evaluator works with, for measurements that pair players in ways of their own. */
export async function openEvaluatorParts(
  spec: CampaignSpec,
  bench: Workbench,
  cacheDir: string,
  seedCost: EvaluatorParts['seedCost'],
  overrides: Pick<EvaluatorParts, 'check' | 'limits' | 'duplicates'> & Partial<Pick<EvaluatorParts, 'qpsCeiling'>> = {},
): Promise<{ parts: EvaluatorParts; close: () => Promise<void> }> {
  const { dataset, toolchain } = bench;
  const cores = availableParallelism();
  const core = cores > 1 ? cores - 1 : -1;
  const machine = await rooflineOf({
    binary: bench.rooflineBinary,
    cacheDir,
    machineKey: await processorKey(),
    core,
    indexBytes: leastIndexBytes(dataset),
  });
  const referee = new Referee(bench.refereeBinary);
  const opened = await referee.ask('opened', {
    op: 'open',
    base: dataset.basePath,
    queries: dataset.queriesPath,
    truth: bench.truthPath,
    k: spec.k,
    seed: spec.seed,
    // In throughput mode every core has a player.
    core: spec.mode === 'single' ? core : -1,
  });
  if (opened.kind === 'failed')
    throw new MachineError(`the referee cannot open ${dataset.name}`, `remove ${cacheDir} and try again`);
  const support = await contractAndPlayer();
  const graphs = new GraphCache(join(cacheDir, 'graphs'));
  await graphs.open();
  const lanes = new CompileLanes(cores);
  const filters = spec.sandbox === 'bubblewrap' ? await systemCallFilters(cacheDir, toolchain) : undefined;
  const shared = {
    spec,
    metric: dataset.metric,
    threads: spec.threads ?? cores,
    toolchain,
    machineKey: hashOf(toolchain.version, await cpuFlags(), JSON.stringify(support)),
    support,
    cacheDir,
    lanes,
  };
  const contract = Object.keys(support).filter((path) => path.startsWith('contract/'));
  const parts: EvaluatorParts = {
    ...shared,
    precompiled: await precompileContract(cacheDir, shared.machineKey, toolchain, dataset.metric, contract),
    datasetHash: dataset.hash,
    filters,
    vetter: new Vetter({ ...shared, basePath: dataset.basePath, queriesPath: dataset.queriesPath }),
    graphs,
    referee,
    splits: splitQueries(dataset.queryCount),
    qpsCeiling: qpsCeiling(machine, dataset, spec.k),
    seedCost,
    ...overrides,
  };
  return {
    parts,
    close: async () => {
      await referee.close();
      await lanes.close();
    },
  };
}

/**
 * Figures of another machine, compiler or harness are not comparable, so a campaign does not go on with mixed ones. What the
 * journal of an earlier version does not state cannot be compared.
 * @throws MachineError naming every difference
 */
export function requireSameMachine(then: object, now: object): void {
  const listed = fingerprintDifferences(then, now);
  if (listed.length === 0) return;
  throw new MachineError(
    `this campaign was measured under other conditions, and its figures could not be compared:\n  ${listed.join('\n  ')}`,
    'start a new campaign (annvil campaign --name ...), or go back to those conditions',
  );
}

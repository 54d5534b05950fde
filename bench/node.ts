/**
 * An exported package beside hnswlib-node and usearch from npm in one Node process: single queries and batches a second, latency, at one
 * recall. The peers are installed for the benchmark alone; hnswlib-node also as compiled for this very processor, as npm's build is generic.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { UsageError } from '../harness/core/errors.ts';
import { cacheFolder, packageRoot } from '../harness/core/paths.ts';
import { seededRandom } from '../harness/core/random.ts';
import { type Contender, numbers, type Setting } from './node/contender.ts';
import { type BenchData, benchData, recallOf } from './node/data.ts';
import { exported } from './node/exported.ts';
import { hnswlib } from './node/hnswlib.ts';
import { install, packageName, peers } from './node/install.ts';
import { geometricMean, measureRounds, type Reading } from './node/measure.ts';
import { type NodeResult, type NodeRow, nodePlot, nodeTable } from './node/table.ts';
import { leastEffort } from './node/tune.ts';
import { usearch } from './node/usearch.ts';

export interface NodeBenchOptions {
  readonly dataset: string;
  readonly k: number;
  /** Recall that all are tuned to. */
  readonly recall: number;
  readonly rounds: number;
  /** An exported package's folder; absent: the champion of `campaign` is exported. */
  readonly package?: string;
  readonly campaign?: string;
  /** Where the plot and the figures go: <out>/node-<dataset>.svg and .json. Absent: nowhere. */
  readonly out?: string;
  readonly json: boolean;
}

const queriesARound = 500;
const curveTargets = [0.8, 0.85, 0.9, 0.95, 0.98, 0.99];
const curveRounds = 6;
const mostEffort = 4000;

/** Queries before this one tune efforts; those from it on are timed. */
const split = (data: BenchData) => Math.min(2000, Math.floor(data.queries.count / 2));

export async function benchNode(options: NodeBenchOptions): Promise<void> {
  const { dataset, k, recall, rounds, out } = options;
  if (rounds < 2) throw new UsageError(`--rounds ${rounds}: an interval takes at least 2`);
  const data = await benchData(dataset, k, cacheFolder(process.env));
  if (data.queries.count - split(data) < queriesARound + 100)
    throw new UsageError(
      `${dataset} has ${data.queries.count} queries; ${queriesARound + 100} to time and as many to tune are needed`,
    );
  const folder = await mkdtemp(join(tmpdir(), 'annvil-bench-node-'));
  const contenders: Contender[] = [];
  try {
    for (const make of await installed(folder, options)) {
      const contender = await make(data);
      contenders.push(contender);
      console.error(`${contender.name}: built in ${contender.buildSeconds.toFixed(1)} s (${contender.detail})`);
    }
    const result: NodeResult = {
      dataset: data.name,
      k,
      target: recall,
      rounds,
      queriesARound,
      rows: rowsOf(contenders, data, options),
    };
    if (out) {
      const stem = join(resolve(out), `node-${data.name}`);
      await writeFile(`${stem}.svg`, nodePlot(result));
      await writeFile(`${stem}.json`, `${JSON.stringify(result, null, 2)}\n`);
    }
    console.log(options.json ? JSON.stringify(result) : nodeTable(result));
  } finally {
    for (const contender of contenders) contender.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Installs all, and says how each is made over a dataset. The package comes first: the others are compared with it. */
async function installed(folder: string, options: NodeBenchOptions) {
  const package_ = options.package ? resolve(options.package) : await exportChampion(folder, options.campaign);
  const { name } = await packageName(package_);
  const [common, native] = [join(folder, 'common'), join(folder, 'native')];
  const hnsw = peers['hnswlib-node'];
  console.error(`installing ${name}, hnswlib-node ${hnsw} and usearch ${peers.usearch}`);
  await install(common, [package_, `hnswlib-node@${hnsw}`, `usearch@${peers.usearch}`]);
  await install(native, [`hnswlib-node@${hnsw}`], { CXXFLAGS: '-O3 -march=native' });
  const at = (place: string, data: BenchData): Setting => ({ data, k: options.k, folder: place });
  return [
    (data: BenchData) => exported(at(common, data), name),
    (data: BenchData) => hnswlib(at(common, data), 'hnswlib-node', `${hnsw} as npm builds it (SSE)`),
    (data: BenchData) => hnswlib(at(native, data), 'hnswlib-node, native', `${hnsw} built with -O3 -march=native`),
    (data: BenchData) => usearch(at(common, data), peers.usearch),
  ];
}

async function exportChampion(folder: string, campaign: string | undefined): Promise<string> {
  if (campaign === undefined)
    throw new UsageError('which package? --package DIR, or --campaign NAME whose champion is exported');
  const out = join(folder, 'package');
  const command = ['--import', 'tsx', join(packageRoot, 'harness', 'cli.ts'), 'export', campaign, '--out', out];
  await execa(process.execPath, command, { cwd: packageRoot, stdout: 'ignore', stderr: 'inherit' });
  return out;
}

/** One recall that all are tuned to, timed in rounds; by contender, null where it is out of reach. */
interface AtTarget {
  readonly effort: number;
  readonly recall: number;
  readonly readings: readonly Reading[];
}

function rowsOf(contenders: readonly Contender[], data: BenchData, options: NodeBenchOptions): NodeRow[] {
  const { k, recall, rounds } = options;
  const main = measureAt(contenders, data, k, recall, rounds);
  const curves = curveTargets.map((target) =>
    target === recall ? main : measureAt(contenders, data, k, target, curveRounds),
  );
  return contenders.flatMap(({ name, detail, buildSeconds }, at) => {
    const found = main[at];
    if (!found) return [];
    const { effort, recall, readings } = found;
    const first = main[0]?.readings;
    const curve = curves
      .flatMap((points) => points[at] ?? [])
      .map(({ recall, readings }) => ({ recall, qps: meansOf(readings).oneQps.value }));
    const ratio = at === 0 || !first ? null : geometricMean(readings.map(({ oneQps }, n) => oneQps / first[n]!.oneQps));
    return [{ name, detail, buildSeconds, effort, recall, ...meansOf(readings), ratio, curve }];
  });
}

function measureAt(
  contenders: readonly Contender[],
  data: BenchData,
  k: number,
  target: number,
  rounds: number,
): (AtTarget | null)[] {
  const efforts = contenders.map((contender) => tune(contender, data, k, target));
  const able = contenders.filter((_, at) => efforts[at] !== null);
  contenders.forEach((contender, at) => {
    if (efforts[at]) contender.setEffort(efforts[at]);
  });
  const [from, to] = [split(data), data.queries.count];
  const random = seededRandom('bench node', data.name, target);
  const readings = measureRounds(able, { rounds, queriesARound, from, to, random });
  const timed = Array.from({ length: to - from }, (_, n) => from + n);
  return contenders.map((contender, at) => {
    const effort = efforts[at];
    if (!effort) return null;
    return { effort, recall: recallAt(contender, data, timed, k), readings: readings[able.indexOf(contender)]! };
  });
}

function meansOf(readings: readonly Reading[]) {
  const mean = (read: (reading: Reading) => number | null) => {
    const values = readings.map(read).filter((value) => value !== null);
    return values.length === 0 ? null : geometricMean(values);
  };
  return {
    oneQps: mean(({ oneQps }) => oneQps)!,
    p50: mean(({ p50 }) => p50)!,
    p99: mean(({ p99 }) => p99)!,
    batchQps: mean(({ batchQps }) => batchQps),
    allCoresQps: mean(({ allCoresQps }) => allCoresQps),
  };
}

function tune(contender: Contender, data: BenchData, k: number, target: number): number | null {
  const queries = Array.from({ length: split(data) }, (_, n) => n);
  const recallOfEffort = (effort: number) => {
    contender.setEffort(effort);
    return recallAt(contender, data, queries, k);
  };
  const effort = leastEffort(recallOfEffort, { target, least: k, most: mostEffort });
  console.error(
    effort === null
      ? `${contender.name}: recall ${target} is not reached at effort ${mostEffort}, so it is left out`
      : `${contender.name}: recall ${target} at effort ${effort}`,
  );
  return effort;
}

function recallAt(contender: Contender, data: BenchData, queries: readonly number[], k: number): number {
  return recallOf(
    data,
    queries,
    queries.map((query) => numbers(contender.one(query))),
    k,
  );
}

/**
 * An exported package beside hnswlib-node and usearch from npm in one Node process: single queries and batches a second, latency, at one
 * recall. The peers are installed for the benchmark alone; hnswlib-node also as compiled for this very processor, as npm's build is generic.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { truthK } from '../datasets/prepared.ts';
import { HarnessError, UsageError } from '../harness/core/errors.ts';
import { cacheFolder, packageRoot } from '../harness/core/paths.ts';
import type { Contender, Setting } from './node/contender.ts';
import { type BenchData, benchData } from './node/data.ts';
import { exported } from './node/exported.ts';
import { figuresOf, queriesARound, split } from './node/figures.ts';
import { hnswlib } from './node/hnswlib.ts';
import { install, packageName, peers } from './node/install.ts';
import { type NodeResult, nodePlot, nodeTable } from './node/table.ts';
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

export async function benchNode(options: NodeBenchOptions): Promise<void> {
  const { dataset, k, recall, rounds, out } = options;
  requireSettings(options);
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
      first: contenders[0]!.name,
      ...figuresOf(contenders, data, options),
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

/** @throws UsageError for what cannot be measured, or would mean nothing */
export function requireSettings({ k, recall, rounds, package: folder, campaign }: NodeBenchOptions): void {
  if (folder === undefined && campaign === undefined)
    throw new UsageError('which package? --package DIR, or --campaign NAME whose champion is exported');
  if (!(Number.isInteger(k) && k >= 1 && k <= truthK))
    throw new UsageError(`--k ${k}: give a whole number from 1 to ${truthK}`);
  if (!(recall > 0 && recall < 1))
    throw new UsageError(`--recall ${recall}: give a number between 0 and 1, such as 0.95`);
  if (!(Number.isInteger(rounds) && rounds >= 2))
    throw new UsageError(`--rounds ${rounds}: an interval takes a whole number of at least 2`);
}

/** Installs all, and says how each is made over a dataset. The package comes first: the others are compared with it. */
async function installed(folder: string, options: NodeBenchOptions) {
  const package_ = options.package ? resolve(options.package) : await exportChampion(folder, options.campaign!);
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

async function exportChampion(folder: string, campaign: string): Promise<string> {
  const out = join(folder, 'package');
  const command = ['--import', 'tsx', join(packageRoot, 'harness', 'cli.ts'), 'export', campaign, '--out', out];
  const asked = { cwd: packageRoot, stdout: 'ignore', stderr: 'inherit', reject: false } as const;
  const { exitCode } = await execa(process.execPath, command, asked);
  if (exitCode !== 0) throw new HarnessError(`the champion of ${campaign} is not exported, as said above`);
  return out;
}

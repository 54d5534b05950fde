import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PreparedDataset, prepareDataset } from '../../../datasets/prepared.ts';
import { makeCandidate } from '../../core/candidate.ts';
import { packageRoot } from '../../core/paths.ts';
import type { Slot } from '../../core/target.ts';
import { sharePrograms } from '../../testing/shared-programs.ts';
import { smallDataset } from '../../testing/small-dataset.ts';
import { Failed } from '../failed.ts';
import { type Examination, meanCurve } from '../learned/examination.ts';
import type { LearnedCase } from '../learned/learned-target.ts';
import { costAt } from '../learned/log-ratio.ts';
import { type LearnedBench, openLearned } from '../learned/open.ts';
import { trustedProgram } from '../learned/programs.ts';
import type { Headers } from '../learned/trained-index.ts';
import { findToolchain } from '../toolchain.ts';
import { type RoutingScale, scaleOf } from './scales.ts';
import { clusterRouting, routingCase } from './target.ts';

/** All crimes where ANNVIL_FULL=1, else a sample: each that concerns training takes a compile against LibTorch. */
const full = process.env.ANNVIL_FULL === '1';

const tiny: RoutingScale = {
  leaveOneOut: false,
  base: 600,
  queries: 6000,
  clusters: 8,
  firstEpochs: 20,
  roundEpochs: 10,
  rounds: 1,
  copies: 1.4,
  largest: 2,
  modelBytes: 256 * 1024,
  limitSeconds: 60,
  memoryMebibytes: 4096,
};

let folder: string;
let bench: LearnedBench;
let dataset: PreparedDataset;
let seeds: Headers;
let honest: Examination;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-cluster-routing-'));
  await sharePrograms(folder);
  dataset = await prepareDataset(await smallDataset(folder, { count: 6600 }), { cacheDir: folder });
  bench = await openLearned({
    target: {
      ...clusterRouting,
      scales: ['tiny'],
      cases: async (workshop) => [await routingCase(workshop, tiny, dataset)],
    },
    scale: 'tiny',
    dataset,
    toolchain: await findToolchain(),
    cacheDir: folder,
    sandbox: 'bubblewrap',
    progress: { event: () => {}, close: () => {} },
  });
  const texts = await Promise.all(
    ['predictor', 'duplication', 'stop-rule'].map(
      async (slot) => [slot, await source(`seeds/cluster-routing/${slot}.hpp`)] as const,
    ),
  );
  seeds = Object.fromEntries(texts.map(([slot, text]) => [slot, candidate(slot, text)]));
  honest = await examined(seeds);
}, 600_000);

afterAll(async () => {
  await bench?.close();
  await rm(folder, { recursive: true, force: true });
});

const source = (path: string) => readFile(join(packageRoot, path), 'utf8');
const candidate = (slot: string, text: string) =>
  makeCandidate({ slot: slot as Slot, source: text, parents: [], origin: { proposer: 'seed' } });
const learned = (): LearnedCase => bench.cases[0]!;
const examined = (headers: Headers, one = learned()) => bench.maker.examined(headers, one, 1, 'search');
const baseline = (method: string) => bench.maker.trusted({ ...learned().baseline('search', 1), method });

/** The seeds with hostile headers, named by slot, in the place of some; what comes of it. */
async function withHostile(names: Readonly<Record<string, string>>): Promise<unknown> {
  const headers = { ...seeds };
  for (const [slot, name] of Object.entries(names)) {
    headers[slot] = candidate(slot, await source(`candidates/red-team/cluster-routing/${name}.hpp`));
  }
  try {
    return await examined(headers);
  } catch (error) {
    if (error instanceof Failed) return error.outcome;
    throw error;
  }
}

describe('a cluster-routing index', { timeout: 600_000 }, () => {
  it('fetches more for more effort, up to where it finds nearly all', () => {
    const curve = meanCurve(honest.points);
    const costs = curve.map(({ cost }) => cost);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
    expect(curve.at(-1)!.recall).toBeGreaterThan(0.97);
    expect(costs[0]).toBeGreaterThan(0);
  });

  it('has copies, within their cap, and says what its parts cost', () => {
    const { facts } = honest;
    expect(facts.copies).toBeGreaterThan(1);
    expect(facts.copies).toBeLessThanOrEqual(1.4);
    const parameters = 24 * 200 + 200 + 200 * 200 + 200 + 200 * 10 + 10;
    expect(facts.modelBytes).toBe(4 * parameters);
    expect(facts.multiplyAdds).toBe(24 * 200 + 200 * 200 + 200 * 10);
  });

  it('reads from disk what is counted, at the lowest effort of recall .9', () => {
    const { facts } = honest;
    expect(facts).toMatchObject({ diskAgrees: 1, diskQueries: 200 });
    expect(facts.diskBytes! % 4096).toBe(0);
    expect(facts.diskBytes!).toBeGreaterThanOrEqual(facts.diskVectors! * 24 * 4);
    expect(facts.diskRecall!).toBeGreaterThan(0.8);
    const ninth = meanCurve(honest.points).find(({ recall }) => recall >= 0.9)!;
    expect(facts.diskVectors! / 200).toBeGreaterThan(0.8 * ninth.cost);
    expect(facts.diskVectors! / 200).toBeLessThan(1.2 * ninth.cost);
    const { bytes } = honest.points.find(({ effort }) => effort === ninth.effort)!;
    expect(facts.diskBytes! / 200).toBeGreaterThan(0.8 * bytes!);
    expect(facts.diskBytes! / 200).toBeLessThan(1.2 * bytes!);
  });

  it('is the same for the same seed', async () => {
    const again = { ...learned(), inputsHash: 'again' };
    expect((await examined(seeds, again)).points).toEqual(honest.points);
  });

  it('stays without copies where there is no round of duplication', async () => {
    const alone = { ...learned(), settings: { ...learned().settings, rounds: 0 } };
    expect((await examined(seeds, alone)).facts.copies).toBe(1);
  });

  it('is rewarded for vectors it does not fetch, less a tenth of a nat for a copy each', () => {
    const curve = [0.6, 0.8, 0.99].map((recall, at) => ({ effort: at, recall, cost: 100 * 2 ** at }));
    const twice = curve.map((point) => ({ ...point, cost: 2 * point.cost }));
    expect(clusterRouting.reward(curve, twice, { copies: 1 })).toBeCloseTo(Math.log(2));
    expect(clusterRouting.reward(curve, twice, { copies: 1.5 })).toBeCloseTo(Math.log(2) - 0.05);
    expect(clusterRouting.reward(curve.slice(0, 2), twice, { copies: 1 })).toBeNaN();
  });

  it('is judged on queries that no selection has seen', () => {
    const { examination, baseline } = learned();
    expect((['search', 'promotion', 'final'] as const).map((set) => examination(set))).toMatchObject([
      { from: 0, count: 600 },
      { from: 600, count: 300 },
      { from: 900, count: 300 },
    ]);
    expect(baseline('final', 2)).toMatchObject({ from: 900, count: 300, method: 'kmeans', seed: 2 });
  });

  it('is indexed on rows that it is not trained on', () => {
    expect(scaleOf('small', 60_000)).toMatchObject({ base: 2000, queries: 58_000 });
    expect(scaleOf('small', 727_473)).toMatchObject({ base: 20_000, queries: 707_473 });
    expect(() => scaleOf('small', 2000)).toThrow('needs 3000 rows');
  });
});

describe('the baselines', { timeout: 600_000 }, () => {
  it('of k-means find all where all is fetched, each vector once, or twice where all are copied', async () => {
    const plain = meanCurve((await baseline('kmeans')).points);
    expect(plain.at(-1)).toMatchObject({ effort: 8, recall: 1, cost: 600 });
    const twice = await baseline('second-nearest');
    expect(twice.facts.copies).toBe(2);
    const curve = meanCurve(twice.points);
    expect(curve.at(-1)).toMatchObject({ recall: 1, cost: 1200 });
    expect(curve[0]!.recall).toBeGreaterThan(plain[0]!.recall);
  });

  it('read whole pages, one cluster after another', async () => {
    const { points } = await baseline('kmeans');
    const all = points.at(-1)!.bytes!;
    expect(all % 4096).toBe(0);
    // 24 values of four bytes a vector, and less than a page more for each of eight clusters.
    expect(all).toBeGreaterThanOrEqual(600 * 24 * 4);
    expect(all).toBeLessThan(600 * 24 * 4 + 8 * 4096);
    expect(points[0]!.bytes).toBeLessThan(all / 2);
  });

  it('of SPANN has as many heads as it should, copies, short postings, and finds what it looks for', async () => {
    const { points, facts } = await baseline('spann');
    expect(facts.heads).toBeGreaterThanOrEqual(0.12 * 600);
    expect(facts.heads).toBeLessThanOrEqual(0.2 * 600);
    expect(facts.copies).toBeGreaterThan(1);
    expect(facts.copies).toBeLessThanOrEqual(8);
    const curve = meanCurve(points);
    expect(curve.at(-1)!.recall).toBeGreaterThan(0.98);
    expect(costAt(curve, 0.9)).toBeLessThan(600);
  });

  it.runIf(full)('of LIRA has as many copies as it may, and leaves no checkpoint behind', async () => {
    const { workshop, libtorch } = bench;
    const binary = await trustedProgram('cluster-routing', 'baseline-lira', folder, workshop.toolchain, libtorch);
    const checkpoint = join(folder, 'lira.checkpoint');
    const { queries: trainQueries, neighbours: trainKeys } = learned().inputs;
    const trained = { trainQueries, trainKeys, checkpoint, epochs: 20, copies: 1.4, noise: 0.2, approach: 0.5 };
    const { points, facts } = await bench.maker.trusted(
      { ...learned().baseline('search', 1), ...trained },
      { name: 'lira', binary },
    );
    expect(facts).toEqual({ copies: expect.closeTo(1.4, 2), noise: 0.2, approach: 0.5 });
    expect(costAt(meanCurve(points), 0.9)).toBeLessThan(600);
    expect(existsSync(checkpoint)).toBe(false);
  });
});

describe('hostile headers of cluster-routing', { timeout: 600_000 }, () => {
  const rules = ['names-a-cluster-twice', 'forges-a-reply', 'names-a-cluster-that-is-not-there'];
  it.each(full ? rules : rules.slice(0, 2))('a stop rule that %s is caught', async (name) => {
    expect(await withHostile({ 'stop-rule': name })).toMatchObject({ kind: 'tampered' });
  });

  it.each(['peeks-past-its-fetches', 'reads-past-its-index'])(
    'a stop rule that %s sees no more than it has paid for',
    async (name) => {
      const { points } = (await withHostile({ 'stop-rule': name })) as Examination;
      // It would have stopped, had it found anything; so it pays for everything.
      const total = 600 * honest.facts.copies!;
      expect(meanCurve(points)[0]).toMatchObject({ recall: 1, cost: expect.closeTo(total, 3) });
    },
  );

  it('a predictor that appends the base for a stop rule that reads it there is caught', async () => {
    expect(await withHostile({ predictor: 'appends-the-base', 'stop-rule': 'reads-past-its-index' })).toMatchObject({
      kind: 'over-limit',
      resource: 'index-bytes',
    });
  });

  const duplications: readonly (readonly [string, object])[] = [
    ['fills-one-cluster', { kind: 'over-limit', resource: 'largest-bin', limit: 2 }],
    ['copies-beyond-the-cap', { kind: 'crashed', stderr: expect.stringContaining('more copies than there is room') }],
    ['copies-what-is-not-there', { kind: 'crashed', stderr: expect.stringContaining('a copy of no vector') }],
  ];
  it.each(full ? duplications : duplications.slice(0, 1))('a duplication that %s is caught', async (name, outcome) => {
    expect(await withHostile({ duplication: name })).toMatchObject(outcome);
  });

  const predictors: readonly (readonly [string, object])[] = [
    ['hides-copies', { kind: 'over-limit', resource: 'copies', used: 8 }],
    ['hides-its-queries-in-its-network', { kind: 'over-limit', resource: 'model-bytes' }],
    ['loses-vectors', { kind: 'tampered', rule: 'loses-vectors' }],
    ['counts-a-vector-twice', { kind: 'tampered', rule: 'damaged-index' }],
    ['answers-for-fewer-clusters', { kind: 'tampered', rule: 'damaged-index' }],
  ];
  it.each(full ? predictors : predictors.slice(0, 1))('a predictor that %s is caught', async (name, outcome) => {
    expect(await withHostile({ predictor: name })).toMatchObject(outcome);
  });
});

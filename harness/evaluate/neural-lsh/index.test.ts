import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDataset } from '../../../datasets/prepared.ts';
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
import type { Headers } from '../learned/trained-index.ts';
import { findToolchain } from '../toolchain.ts';
import { nameOf, type Scale, type Shape, scales } from './scales.ts';
import { makeCase, neuralLsh, prepare } from './target.ts';

/** All crimes where ANNVIL_FULL=1, else a sample: each that concerns training takes a compile against LibTorch. */
const full = process.env.ANNVIL_FULL === '1';

const rows = 3000;
const oneLevel: Shape = { bins: 8, second: 1 };
const twoLevels: Shape = { bins: 4, second: 4 };
const tiny: Scale = { ...scales.tiny!, shapes: [oneLevel, twoLevels] };

let folder: string;
let bench: LearnedBench;
let seeds: Headers;
let honest: Examination;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-neural-lsh-'));
  await sharePrograms(folder);
  const progress = { event: () => {}, close: () => {} };
  const dataset = await prepareDataset(await smallDataset(folder), { cacheDir: folder });
  bench = await openLearned({
    target: {
      ...neuralLsh,
      scales: ['tiny'],
      cases: async (workshop) => {
        const data = await prepare(workshop, tiny, dataset);
        return Promise.all(tiny.shapes.map((shape) => makeCase(workshop, tiny, shape, data)));
      },
    },
    scale: 'tiny',
    dataset,
    toolchain: await findToolchain(),
    cacheDir: folder,
    sandbox: 'bubblewrap',
    progress,
  });
  const texts = await Promise.all(
    ['partition', 'router', 'probing'].map(
      async (slot) => [slot, await source(`seeds/neural-lsh/${slot}.hpp`)] as const,
    ),
  );
  seeds = Object.fromEntries(texts.map(([slot, text]) => [slot, candidate(slot, text)]));
  honest = await examined(seeds, oneLevel);
}, 900_000);

afterAll(async () => {
  await bench?.close();
  await rm(folder, { recursive: true, force: true });
});

const source = (path: string) => readFile(join(packageRoot, path), 'utf8');
const candidate = (slot: string, text: string) =>
  makeCandidate({ slot: slot as Slot, source: text, parents: [], origin: { proposer: 'seed' } });
const caseOf = (shape: Shape): LearnedCase => bench.cases.find(({ name }) => name === nameOf(shape))!;
const examined = (headers: Headers, shape: Shape) => bench.maker.examined(headers, caseOf(shape), 1, 'search');
const baseline = (what: string, more: object = {}) =>
  bench.maker.trusted({ ...caseOf(oneLevel).baseline('search', 1), what, ...more });

/** The seeds with a hostile header in the place of one; what comes of it. */
async function withHostile(slot: string, name: string): Promise<unknown> {
  const hostile = candidate(slot, await source(`candidates/red-team/neural-lsh/${name}.hpp`));
  try {
    return await examined({ ...seeds, [slot]: hostile }, oneLevel);
  } catch (error) {
    if (error instanceof Failed) return error.outcome;
    throw error;
  }
}

describe('a Neural LSH index', { timeout: 300_000 }, () => {
  it('finds more for its candidates than hashing at random, and all where it looks into all', async () => {
    const curve = meanCurve(honest.points);
    expect(curve.at(-1)).toMatchObject({ effort: 8, recall: 1, cost: rows });
    expect(curve.map(({ cost }) => cost)).toEqual([...curve.map(({ cost }) => cost)].sort((a, b) => a - b));
    const random = meanCurve((await baseline('random-tree')).points);
    expect(costAt(curve, 0.9)).toBeLessThan(0.8 * costAt(random, 0.9));
    expect(neuralLsh.reward(curve, random, honest.facts)).toBeGreaterThan(0.2);
  });

  it('says what its parts cost, and how even they are', () => {
    const { facts } = honest;
    expect(facts.largestBin).toBeLessThanOrEqual(1.5);
    expect(facts.largestPart).toBeLessThan(1.1);
    const parameters = 24 * 32 + 32 + 32 * 32 + 32 + 32 * 8 + 8 + 2 * 2 * 32;
    expect(facts.modelBytes).toBe(4 * parameters);
    expect(facts.multiplyAdds).toBe(24 * 32 + 32 * 32 + 32 * 8 + 2 * 32);
    expect(facts.centroidScans).toBeCloseTo(facts.multiplyAdds! / (8 * 24));
  });

  it('is the same for the same seed', async () => {
    const again = { ...caseOf(oneLevel), inputsHash: 'again' };
    expect((await bench.maker.examined(seeds, again, 1, 'search')).points).toEqual(honest.points);
  });

  it('has a second level of bins in each of the first', async () => {
    const { points, facts } = await examined(seeds, twoLevels);
    const curve = meanCurve(points);
    expect(curve.at(-1)).toMatchObject({ effort: 16, recall: 1, cost: rows });
    expect(costAt(curve, 0.9)).toBeLessThan(0.5 * rows);
    expect(facts.largestBin).toBeLessThanOrEqual(1.5);
  });

  it('is judged on queries that no selection has seen', () => {
    const { examination, baseline } = caseOf(oneLevel);
    const ranges = (['search', 'promotion', 'final'] as const).map((set) => examination(set));
    expect(ranges).toMatchObject([
      { from: 0, count: 600 },
      { from: 600, count: 300 },
      { from: 900, count: 300 },
    ]);
    expect(baseline('final', 2)).toMatchObject({ from: 900, count: 300, what: 'kmeans', seed: 2 });
  });
});

describe('the baselines', { timeout: 300_000 }, () => {
  it.each(['kmeans', 'pca-tree', 'itq', 'cross-polytope'])(
    '%s is better than random cuts, and finds all at full cost',
    async (what) => {
      const curve = meanCurve((await baseline(what)).points);
      expect(curve.at(-1)).toMatchObject({ effort: 8, cost: rows });
      expect(curve.at(-1)!.recall).toBeCloseTo(1);
      const first = curve[0]!;
      // A share of the base drawn at random holds as great a share of the neighbours.
      expect(first.recall).toBeGreaterThan(1.5 * (first.cost / rows));
    },
  );

  it('of trees have leaves of equal size', async () => {
    for (const what of ['pca-tree', 'random-tree']) expect((await baseline(what)).facts.largestBin).toBeCloseTo(1, 2);
  });

  it('of k-means is there over two levels', async () => {
    const { points } = await baseline('kmeans', { bins: 4, second: 4, efforts: [1, 4, 16] });
    const curve = meanCurve(points);
    expect(curve.at(-1)!.recall).toBeCloseTo(1);
    expect(curve[1]!.recall).toBeGreaterThan(0.5);
  });
});

describe('hostile headers of neural-lsh', { timeout: 300_000 }, () => {
  const probings: readonly (readonly [string, string | undefined])[] = [
    ['asks-for-a-bin-twice', 'bin-asked-twice'],
    ['asks-for-a-bin-that-is-not-there', 'no-such-bin'],
    ['claims-more-bins-than-there-are', undefined],
    ['forges-a-reply', undefined],
  ];
  it.each(
    full
      ? probings
      : probings.filter(
          ([name]) => name !== 'asks-for-a-bin-that-is-not-there' && name !== 'claims-more-bins-than-there-are',
        ),
  )('a probing that %s is caught', async (name, rule) => {
    expect(await withHostile('probing', name)).toMatchObject({ kind: 'tampered', ...(rule && { rule }) });
  });

  it('a probing that looks into every bin pays for every bin', async () => {
    const { points } = (await withHostile('probing', 'probes-beyond-its-effort')) as Examination;
    const curve = meanCurve(points);
    expect(curve[0]).toMatchObject({ effort: 1, recall: 1, cost: rows });
    expect(costAt(curve, 0.7)).toBeGreaterThan(costAt(meanCurve(honest.points), 0.95));
  });

  it('a probing finds no rows in what it is served from, and cannot change it', async () => {
    const { points } = (await withHostile('probing', 'looks-for-the-rows')) as Examination;
    expect(meanCurve(points)[0]).toMatchObject({ recall: 0, cost: 0 });
  });

  const routers: readonly (readonly [string, object])[] = [
    ['fills-one-bin', { kind: 'over-limit', resource: 'largest-bin', used: 8 }],
    ['hides-the-base-in-its-network', { kind: 'over-limit', resource: 'model-bytes' }],
    ['learns-fewer-bins', { kind: 'crashed', stderr: expect.stringContaining('7 outputs') }],
    ['forges-its-index', { kind: 'tampered' }],
  ];
  it.each(full ? routers : routers.slice(0, 1))('a router that %s is caught', async (name, outcome) => {
    expect(await withHostile('router', name)).toMatchObject(outcome);
  });

  const partitions: readonly (readonly [string, object])[] = [
    ['makes-bins-up', { kind: 'crashed', stderr: expect.stringContaining('the bin 1000008 of 8') }],
    ['divides-for-ever', { kind: 'timed-out', limitSeconds: 20 }],
  ];
  it.each(full ? partitions : partitions.slice(0, 1))('a partition that %s is caught', async (name, outcome) => {
    expect(await withHostile('partition', name)).toMatchObject(outcome);
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCandidate } from '../../core/candidate.ts';
import type { Outcome } from '../../core/outcome.ts';
import { packageRoot } from '../../core/paths.ts';
import type { Slot } from '../../core/target.ts';
import { sharePrograms } from '../../testing/shared-programs.ts';
import { Failed } from '../failed.ts';
import { type LearnedBench, openLearned } from '../learned/open.ts';
import type { Headers } from '../learned/trained-index.ts';
import { findToolchain } from '../toolchain.ts';
import { presets } from './presets.ts';
import { learnedLookup, trialRequest } from './target.ts';

let cacheDir: string;
let bench: LearnedBench;
let seed: Headers;

async function header(slot: string, path: string) {
  const source = await readFile(join(packageRoot, path), 'utf8');
  return makeCandidate({ slot: slot as Slot, source, parents: [], origin: { proposer: 'seed' } });
}

beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'annvil-lookup-'));
  await sharePrograms(cacheDir);
  const toolchain = await findToolchain();
  bench = await openLearned({
    target: learnedLookup,
    scale: 'test',
    dataset: undefined,
    toolchain,
    cacheDir,
    sandbox: 'bubblewrap',
    progress: { event: () => {}, close: () => {} },
  });
  const slots = learnedLookup.trains.map(async (slot) => [
    slot,
    await header(slot, `seeds/learned-lookup/${slot}.hpp`),
  ]);
  seed = Object.fromEntries(await Promise.all(slots));
}, 900_000);

afterAll(async () => {
  await bench.close();
  await rm(cacheDir, { recursive: true, force: true });
});

const tiny = () => bench.cases[0]!;

/** How the seed with one header changed ends. */
async function outcomeWith(slot: string, name: string): Promise<Outcome | number> {
  const headers = { ...seed, [slot]: await header(slot, `candidates/red-team/learned-lookup/${name}.hpp`) };
  try {
    const index = await bench.maker.examined(headers, tiny(), 1, 'search');
    const baseline = await bench.maker.baseline(tiny(), 1, 'search');
    return rewardOf(index, baseline);
  } catch (error) {
    if (error instanceof Failed) return error.outcome;
    throw error;
  }
}

type Examined = Awaited<ReturnType<LearnedBench['maker']['examined']>>;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const curve = ({ points }: Examined) =>
  points.map(({ effort, recall, cost }) => ({ effort, recall: mean(recall), cost: mean(cost) }));
const rewardOf = (index: Examined, baseline: Examined) =>
  learnedLookup.reward(curve(index), curve(baseline), index.facts);

describe('a learned lookup', { timeout: 600_000 }, () => {
  it('is trained, and examined on queries that count one lookup a position read', async () => {
    const examination = await bench.maker.examined(seed, tiny(), 1, 'search');
    expect(curve(examination).map(({ effort, cost }) => [effort, cost])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    const [first, second] = curve(examination);
    // The last lookup is trained, the first only for its sake; two of eight points would hold the answer by chance.
    expect(second!.recall).toBeGreaterThan(2 / 8);
    expect(second!.recall).toBeGreaterThan(first!.recall);
    expect(examination.facts).toMatchObject({ retained: 1 });
    expect(examination.facts.modelBytes).toBeLessThan(4 * presets.test!.mostParameters);
  });

  it('comes out the same for the same seed, and otherwise for another', async () => {
    const path = await bench.maker.trained(seed, tiny(), 1);
    const first = await readFile(path);
    await rm(`${path}.json`);
    expect(await readFile(await bench.maker.trained(seed, tiny(), 1))).toEqual(first);
    expect(await readFile(await bench.maker.trained(seed, tiny(), 2))).not.toEqual(first);
  });

  const crimes = [
    ['query-model', 'looks-once-more', { kind: 'tampered', rule: 'wrong-lookups' }],
    ['query-model', 'wants-to-see-the-dataset', { kind: 'tampered', rule: 'wrong-query-model' }],
    ['query-model', 'reads-beyond-the-end', { kind: 'tampered', rule: 'wrong-query-model' }],
    ['query-model', 'hoards-parameters', { kind: 'over-limit', resource: 'index-bytes' }],
    ['query-model', 'leaves-an-index-of-its-own', { kind: 'tampered', rule: 'damaged-index' }],
    ['extra-space', 'hides-copies', { kind: 'tampered', rule: 'wrong-extra' }],
    ['ranker', 'ranks-without-numbers', { kind: 'tampered', rule: 'damaged-index' }],
  ] as const;
  // Each takes a compile against LibTorch; ANNVIL_FULL=1 has them all.
  it.each(process.env.ANNVIL_FULL === '1' ? crimes : crimes.slice(0, 2))(
    'whose %s %s is caught',
    async (slot, name, caught) => {
      expect(await outcomeWith(slot, name)).toMatchObject(caught);
    },
  );

  it('whose ranker stores-one-point-everywhere stores a permutation all the same, and wins nothing by it', async () => {
    const honest = rewardOf(
      await bench.maker.examined(seed, tiny(), 1, 'search'),
      await bench.maker.baseline(tiny(), 1, 'search'),
    );
    expect(await outcomeWith('ranker', 'stores-one-point-everywhere')).toBeLessThan(honest);
  });
});

describe('baselines of the referee', { timeout: 600_000 }, () => {
  const line = { distribution: 'uniform', points: 15, dimension: 1, lookups: 4, extra: 0 } as const;
  const of = async (problem: Parameters<typeof trialRequest>[0], baseline: string) =>
    bench.maker.trusted({ ...trialRequest(problem, 'search'), baseline });

  it('binary search has both neighbours of the query after log2(N + 1) lookups', async () => {
    const examination = await of(line, 'binary-search');
    expect(curve(examination).at(-1)!.recall).toBe(1);
    expect(examination.facts).toMatchObject({ sorted: 1, error4: 0 });
    // The middle of 15, then the middles of 7: nothing else is read first.
    expect(examination.pictures!.lookups![0]![7]).toBeCloseTo(1);
  });

  it('interpolation search is ahead of it on uniform data', async () => {
    const [halved, interpolated] = await Promise.all([of(line, 'binary-search'), of(line, 'interpolation-search')]);
    expect(curve(interpolated)[0]!.recall).toBeGreaterThan(3 * curve(halved)[0]!.recall);
  });

  it('a k-d tree finds the nearest of few points in the plane once it may read them all', async () => {
    const examination = await of({ ...line, dimension: 2, lookups: 15 }, 'k-d-tree');
    expect(curve(examination).at(-1)!.recall).toBe(1);
  });

  it('hashing by signs finds correlated points more often than chance, bucketing more often with more buckets', async () => {
    const hashed = await of({ distribution: 'sphere', points: 16, dimension: 30, lookups: 2, extra: 0 }, 'sim-hash');
    expect(curve(hashed)[0]!.recall).toBeGreaterThan(2 / 16);
    const [few, many] = await Promise.all([4, 16].map((extra) => of({ ...line, lookups: 1, extra }, 'bucketing')));
    expect(curve(many!)[0]!.recall).toBeGreaterThan(curve(few!)[0]!.recall + 0.2);
  });
});

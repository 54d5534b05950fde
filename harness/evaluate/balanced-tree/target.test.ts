import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCandidate } from '../../core/candidate.ts';
import { packageRoot } from '../../core/paths.ts';
import type { SlotOf } from '../../core/target.ts';
import { beamGrammar } from '../../propose/grammar/balanced-tree/beam.ts';
import { wallOf } from '../../testing/red-team.ts';
import { sharePrograms } from '../../testing/shared-programs.ts';
import { smallTrees } from '../../testing/small-trees.ts';
import { Failed } from '../failed.ts';
import { meanCurve } from '../learned/examination.ts';
import type { LearnedCase } from '../learned/learned-target.ts';
import { costAt } from '../learned/log-ratio.ts';
import type { LearnedBench } from '../learned/open.ts';
import type { Headers } from '../learned/trained-index.ts';
import { balancedTree, effortsUpTo } from './target.ts';

let folder: string;
let bench: LearnedBench;
let learned: LearnedCase;
let seeds: Headers;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-balanced-tree-'));
  await sharePrograms(folder);
  ({ bench, learned, seeds } = await smallTrees(folder));
}, 600_000);
afterAll(async () => {
  await bench?.close();
  await rm(folder, { recursive: true, force: true });
});

const withSource = (slot: SlotOf<'balanced-tree'>, source: string): Headers => ({
  ...seeds,
  [slot]: makeCandidate({ slot, source, parents: [], origin: { proposer: 'seed' } }),
});

/** The case with another training or another examination. */
const changed = (settings: object, request: object): LearnedCase => ({
  ...learned,
  settings: { ...learned.settings, ...settings },
  examination: (queries) => ({ ...learned.examination(queries), ...request }),
});

describe('balanced trees', { timeout: 300_000 }, () => {
  it('are balanced exactly, find everything in the end, and less than k-means in none', async () => {
    const index = await bench.maker.examined(seeds, learned, 1, 'search');
    expect(index.facts.largestBin! - index.facts.smallestBin!).toBeLessThanOrEqual(1);
    const curve = meanCurve(index.points);
    expect(curve.at(-1)).toMatchObject({ recall: 1, cost: 3000 });
    curve.slice(1).forEach(({ recall }, at) => {
      expect(recall).toBeGreaterThanOrEqual(curve[at]!.recall - 0.001);
    });
    const baseline = meanCurve((await bench.maker.baseline(learned, 1, 'search')).points);
    expect(baseline.at(-1)).toMatchObject({ recall: 1, cost: 3000 });
    // Forty clusters in sixteen leaves: what was learned needs a fraction of the vectors that chance would.
    expect(costAt(curve, 0.9)).toBeLessThan(0.5 * 3000);
    expect(balancedTree.reward(curve, baseline, index.facts)).toBeGreaterThan(-1.5);
  });

  it('come out the same of the same seed, and improve with the cycles', async () => {
    const kept = changed({ snapshots: 1, trees: 1 }, { trees: 1, snapshots: 4 });
    const path = await bench.maker.trained(seeds, kept, 2);
    const again = await bench.maker.trained(seeds, { ...kept, settings: { ...kept.settings, seen: 'twice' } }, 2);
    expect(await readFile(again)).toEqual(await readFile(path));
    const other = await bench.maker.trained(seeds, kept, 3);
    expect(await readFile(other)).not.toEqual(await readFile(path));
    const at = async (cycle: number) => {
      const asked = changed({ snapshots: 1, trees: 1 }, { trees: 1, snapshots: 4, cycle });
      return costAt(meanCurve((await bench.maker.examined(seeds, asked, 2, 'search')).points), 0.9);
    };
    expect(await at(3)).toBeLessThan(0.9 * (await at(0)));
  });

  it('compare what is in two trees, or as many as are asked for of those that are likeliest', async () => {
    const trials = ['two', 'one', 'log-probability'].map((votes) => {
      const choices = { ...beamGrammar.seedChoices, votes, leaves: '1', floor: 'thousandth' };
      return bench.maker.examined(withSource('beam', beamGrammar.emit(choices)), learned, 1, 'search');
    });
    const [two, one, likeliest] = (await Promise.all(trials)).map(({ points }) => meanCurve(points)[2]!);
    expect(two!.cost).toBeLessThan(one!.cost);
    expect(two!.recall).toBeLessThanOrEqual(one!.recall);
    // Three leaves' worth of vectors, whatever the trees agree on.
    expect(likeliest!.cost).toBeCloseTo(Math.floor((3000 * likeliest!.effort) / 16), 6);
  });
});

const hostile: readonly (readonly [name: string, slot: SlotOf<'balanced-tree'>, wall: string])[] = [
  ['fills-one-leaf', 'tree-update', 'referee:unbalanced-tree'],
  ['overfills-a-branch', 'tree-update', 'referee:unbalanced-tree'],
  ['puts-vectors-in-no-leaf', 'router', 'referee:damaged-index'],
  ['grows-its-trees-forever', 'tree-update', 'limit:train-time'],
  ['hides-the-base-in-its-weights', 'router', 'limit:index-bytes'],
  ['exports-another-tree', 'router', 'referee:damaged-index'],
  ['exports-what-is-no-number', 'router', 'referee:damaged-index'],
  ['opens-a-leaf-twice', 'beam', 'referee:forbidden-answer'],
  ['opens-a-leaf-of-no-tree', 'beam', 'referee:forbidden-answer'],
  ['weighs-less-than-nothing', 'beam', 'referee:forbidden-answer'],
  ['weighs-what-is-no-number', 'beam', 'referee:forbidden-answer'],
  ['answers-without-end', 'beam', 'referee:answers-too-long'],
  ['searches-forever', 'beam', 'limit:examine-time'],
  ['crashes-when-asked', 'beam', 'crashed:examine'],
];
/** Compiling against LibTorch takes ten seconds each; ANNVIL_FULL=1 has them all. */
const sample = process.env.ANNVIL_FULL === '1' ? ['router', 'tree-update'] : [];
const trains = ['fills-one-leaf'];

const readHostile = (name: string) =>
  readFile(join(packageRoot, 'candidates/red-team/balanced-tree', `${name}.hpp`), 'utf8');

describe('a candidate that', { timeout: 300_000 }, () => {
  it.each(hostile.filter(([name, slot]) => slot === 'beam' || sample.includes(slot) || trains.includes(name)))(
    '%s (%s) ends as %s',
    async (name, slot, wall) => {
      const headers = withSource(slot, await readHostile(name));
      const asked = changed({ trees: 1 }, { trees: 1, messageSeconds: 2 });
      const small = { ...asked, limitSeconds: 5 };
      const ended = await bench.maker
        .examined(headers, slot === 'beam' ? asked : small, 1, 'search')
        .catch((error) => error);
      expect(ended).toBeInstanceOf(Failed);
      expect(wallOf((ended as Failed).outcome), JSON.stringify(ended.outcome)).toBe(wall);
    },
  );

  it('opens everything at no effort pays for everything', async () => {
    const headers = withSource('beam', await readHostile('opens-everything-at-no-effort'));
    const { points } = await bench.maker.examined(headers, learned, 1, 'search');
    expect(meanCurve(points)[0]).toMatchObject({ effort: 1, recall: 1, cost: 3000 });
  });
});

it('efforts end at all leaves', () => {
  expect(effortsUpTo(16)).toEqual([1, 2, 3, 5, 7, 10, 14, 16]);
  expect(effortsUpTo(4096).at(-1)).toBe(640);
});

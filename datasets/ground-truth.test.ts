import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HarnessError, MachineError } from '../harness/core/errors.ts';
import { packageRoot } from '../harness/core/paths.ts';
import { seededRandom } from '../harness/core/random.ts';
import type { Metric } from '../harness/core/target.ts';
import { writeVectors } from './formats/index.ts';
import { ensureGroundTruth } from './ground-truth.ts';
import { type PreparedDataset, prepareDataset, truthK } from './prepared.ts';
import { sampleTruth } from './sampled-truth.ts';
import { readVectorFile } from './subset.ts';
import { readGroundTruth } from './truth-file.ts';
import type { VectorSet } from './vectors.ts';

// The tile is 16, 8 or 4 lanes wide by what the compiler may use; the last is the portable fallback.
const builds = process.arch === 'x64' ? ['-march=native', '-march=x86-64-v3', '-march=x86-64'] : ['-march=native'];
let folder: string;
const binaryOf = (build: string) => join(folder, `truth${build}`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-truth-'));
  await mkdir(join(folder, 'include'));
  await symlink(join(packageRoot, 'candidates', 'contract'), join(folder, 'include', 'annvil'));
  const source = join(packageRoot, 'candidates', 'referee', 'truth.cpp');
  const flags = ['-std=c++20', '-O2', '-Wall', '-Wextra', '-Werror', '-pthread', '-I', join(folder, 'include')];
  await Promise.all(builds.map((build) => execa('g++', [...flags, build, '-o', binaryOf(build), source])));
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

function vectors(count: number, dimension: number, draw: () => number): VectorSet {
  return { count, dimension, data: Float32Array.from({ length: count * dimension }, draw) };
}

interface Case {
  readonly base: VectorSet;
  readonly queries: VectorSet;
}

const cases: Record<string, () => Case> = {
  'one dimension, with ties': () => {
    const random = seededRandom('one');
    const draw = () => Math.floor(random() * 40) - 20;
    return { base: vectors(500, 1, () => draw() || 1), queries: vectors(30, 1, () => draw() || 1) };
  },
  'seventeen dimensions of few values': () => {
    const random = seededRandom('seventeen');
    const draw = () => Math.floor(random() * 3) + 1;
    return { base: vectors(1000, 17, draw), queries: vectors(37, 17, draw) };
  },
  'a hundred dimensions': () => {
    const random = seededRandom('hundred');
    const draw = () => random() - 0.5;
    return { base: vectors(1500, 100, draw), queries: vectors(61, 100, draw) };
  },
  'partial sums, three hundred dimensions': () => {
    const random = seededRandom('partial');
    const draw = () => random() - 0.3;
    return { base: vectors(400, 300, draw), queries: vectors(5, 300, draw) };
  },
  'every row the same': () => ({ base: vectors(700, 5, () => 3), queries: vectors(3, 5, () => 2) }),
  'rows close together and far from zero, where float32 cancels': () => {
    const random = seededRandom('far');
    const draw = () => 1e6 + Math.floor(random() * 4);
    return { base: vectors(1200, 24, draw), queries: vectors(13, 24, draw) };
  },
  'one row far longer than the rest': () => {
    const random = seededRandom('outlier');
    const base = vectors(900, 12, () => random() - 0.5);
    base.data.fill(1e15, 12, 24);
    return { base, queries: vectors(13, 12, () => random() - 0.5) };
  },
  'a base smaller than k': () => {
    const random = seededRandom('small');
    return { base: vectors(40, 9, random), queries: vectors(4, 9, random) };
  },
  'one row and one query': () => ({ base: vectors(1, 3, () => 1), queries: vectors(1, 3, () => 2) }),
};

/** Distances in double, summed as the referee does; nearest first, ties by id. */
function bruteForce(metric: Metric, base: VectorSet, query: Float32Array): { id: number; distance: number }[] {
  return Array.from({ length: base.count }, (_, id) => {
    let sum = 0;
    for (let n = 0; n < base.dimension; n++) {
      const [a, b] = [query[n]!, base.data[id * base.dimension + n]!];
      sum += metric === 'squared_l2' ? (a - b) * (a - b) : a * b;
    }
    return { id, distance: metric === 'squared_l2' ? sum : -sum };
  }).sort((a, b) => a.distance - b.distance || a.id - b.id);
}

async function store(name: string, { base, queries }: Case) {
  const files = { dataset: join(folder, `${name}.fbin`), queries: join(folder, `${name}-queries.fbin`) };
  await writeVectors(files.dataset, base);
  await writeVectors(files.queries, queries);
  return files;
}

describe.each(builds)('built with %s', (build) => {
  describe.each(['euclidean', 'angular'] as const)('%s', (metric) => {
    test.each(Object.keys(cases))('equals brute force in double: %s', async (name) => {
      const selector = { ...(await store('case', cases[name]!())), metric };
      const cacheDir = await mkdtemp(join(folder, 'cache-'));
      const prepared = await prepareDataset(selector, { cacheDir });
      const seen: [number, number][] = [];
      const path = await ensureGroundTruth(prepared, { binary: binaryOf(build), onProgress: (...at) => seen.push(at) });
      expect(seen.at(-1)).toEqual([prepared.queryCount, prepared.queryCount]);

      const { metric: measured, ...base } = await readVectorFile(prepared.basePath);
      const queries = await readVectorFile(prepared.queriesPath);
      const truth = await readGroundTruth(path);
      expect([truth.queryCount, truth.k]).toEqual([queries.count, truthK]);
      for (let row = 0; row < queries.count; row++) {
        const query = queries.data.subarray(row * queries.dimension, (row + 1) * queries.dimension);
        const expected = bruteForce(measured, base, query).slice(0, truthK);
        while (expected.length < truthK) expected.push({ id: 0xffffffff, distance: Number.POSITIVE_INFINITY });
        const [from, until] = [row * truthK, (row + 1) * truthK];
        expect([...truth.ids.subarray(from, until)]).toEqual(expected.map(({ id }) => id));
        expect(truth.distances.slice(from, until)).toEqual(Float32Array.from(expected, ({ distance }) => distance));
      }
    });
  });
});

describe('the cache', () => {
  let prepared: PreparedDataset;
  const options = () => ({ binary: binaryOf('-march=native'), onProgress: () => {} });

  beforeAll(async () => {
    const files = await store('cached', cases['a base smaller than k']!());
    prepared = await prepareDataset(files, { cacheDir: join(folder, 'cache') });
  });

  test('keeps the truth of a dataset, and makes a damaged one again', async () => {
    const path = await ensureGroundTruth(prepared, options());
    expect(path).toBe(prepared.truthPath);
    expect(await readdir(dirname(path))).toEqual(['base.avec', 'queries.avec', 'truth-100.atru']);
    const whole = await readFile(path);
    expect(await ensureGroundTruth(prepared, { ...options(), binary: '/nowhere' })).toBe(path);
    await truncate(path, whole.length - 8);
    await expect(readGroundTruth(path)).rejects.toThrow(HarnessError);
    await ensureGroundTruth(prepared, options());
    expect(await readFile(path)).toEqual(whole);
  });

  test('a sample of queries has the same neighbours, computed or taken from the whole', async () => {
    await rm(prepared.truthPath, { force: true });
    const cacheDir = join(folder, 'cache');
    const computed = await sampleTruth(prepared, 3, { ...options(), cacheDir });
    await ensureGroundTruth(prepared, options());
    const taken = await sampleTruth(prepared, 3, { ...options(), binary: '/nowhere', cacheDir });
    expect(taken).toEqual(computed);
    expect([computed.queries.length, computed.ids.length]).toEqual([3, 3 * truthK]);
    // Squared in the file, not in the sample; the base has 40 rows.
    const truth = await readGroundTruth(prepared.truthPath);
    const first = computed.queries[0]! * truthK;
    expect(computed.distances[0]).toBe(Math.sqrt(truth.distances[first]!));
    expect(computed.distances[40]).toBe(Number.POSITIVE_INFINITY);
    expect((await readdir(join(cacheDir, 'datasets'))).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  async function pretender(script: string): Promise<string> {
    const path = join(folder, 'pretender');
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    await rm(prepared.truthPath, { force: true });
    return path;
  }

  test('says what a failing program said', async () => {
    const binary = await pretender('echo progress 1 4 >&2; echo "truth: no such luck" >&2; exit 1');
    const failing = ensureGroundTruth(prepared, { ...options(), binary });
    await expect(failing).rejects.toThrow(HarnessError);
    await expect(failing).rejects.toThrow(/\(exit code 1\): truth: no such luck$/);
  });

  test('does not believe a program that leaves no truth, and knows one that is not there', async () => {
    const binary = await pretender('exit 0');
    await expect(ensureGroundTruth(prepared, { ...options(), binary })).rejects.toThrow(HarnessError);
    await expect(ensureGroundTruth(prepared, { ...options(), binary: '/nowhere' })).rejects.toThrow(HarnessError);
  });

  test('says that the disk is full', async () => {
    const binary = await pretender('echo "truth: cannot write x: No space left on device" >&2; exit 1');
    await expect(ensureGroundTruth(prepared, { ...options(), binary })).rejects.toThrow(MachineError);
  });

  test('ends with the signal, and takes the unfinished file along', async () => {
    const binary = await pretender('touch "$3.$$"; exec sleep 60');
    const controller = new AbortController();
    const running = ensureGroundTruth(prepared, { ...options(), binary, signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 200);
    await expect(running).rejects.toThrow('enough');
    expect(await readdir(dirname(prepared.truthPath))).toEqual(['base.avec', 'queries.avec']);
  });
});

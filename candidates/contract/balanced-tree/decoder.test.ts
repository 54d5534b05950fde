import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../harness/core/paths.ts';
import { findLibTorch } from '../../../harness/evaluate/learned/libtorch.ts';

const run = promisify(execFile);

it('a decoder scores as the library it was trained with, and is not read where it is damaged', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-decoder-'));
  try {
    const binary = join(folder, 'test');
    await mkdir(join(folder, 'include'));
    await symlink(join(packageRoot, 'candidates/contract'), join(folder, 'include/annvil'));
    await symlink(join(packageRoot, 'seeds/balanced-tree'), join(folder, 'include/candidate'));
    const { flags, libraries } = await findLibTorch();
    const warnings = ['-Wall', '-Wextra', '-Werror', '-Wno-maybe-uninitialized', '-Wno-uninitialized'];
    const source = join(import.meta.dirname, 'decoder.test.cpp');
    const include = ['-I', join(folder, 'include')];
    await run('g++', [
      '-std=c++20',
      '-O1',
      '-march=native',
      ...warnings,
      ...flags,
      ...include,
      '-o',
      binary,
      source,
      ...libraries,
    ]);
    const env = { ...process.env, OPENBLAS_NUM_THREADS: '1' };
    await expect(run(binary, [], { env })).resolves.toEqual({ stdout: '', stderr: '' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** Instruction sets that the kernels tell apart, and a CPU flag that says whether this machine has them. */
const machines = [
  { march: 'native', flag: '' },
  ...(process.arch === 'x64'
    ? [
        { march: 'x86-64-v3', flag: 'avx2' },
        { march: 'x86-64', flag: '' },
      ]
    : []),
];

const cpuFlags = process.platform === 'linux' ? readFileSync('/proc/cpuinfo', 'utf8') : '';

describe('the kernels of the contract', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'annvil-kernels-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.for(machines)('agree with a plain reference under the sanitizers, built for $march', async ({ march, flag }) => {
    const binary = join(folder, march);
    const source = join(import.meta.dirname, 'kernels.test.cpp');
    const flags = ['-std=c++20', '-O1', `-march=${march}`, '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    // g++ 12 takes its own AVX-512 headers to read uninitialised values (GCC bug 105593).
    await run('g++', [...flags, '-Wall', '-Wextra', '-Werror', '-Wno-maybe-uninitialized', '-o', binary, source]);
    if (cpuFlags.includes(flag)) await expect(run(binary)).resolves.toEqual({ stdout: '', stderr: '' });
  });

  it.for(machines)('count each row once where they are told to, built for $march', async ({ march, flag }) => {
    const binary = join(folder, `count-${march}`);
    const source = join(import.meta.dirname, 'count.test.cpp');
    const flags = ['-std=c++20', '-O1', `-march=${march}`, '-Wall', '-Wextra', '-Werror', '-Wno-maybe-uninitialized'];
    await run('g++', [...flags, '-Wno-uninitialized', '-o', binary, source]);
    if (cpuFlags.includes(flag)) await expect(run(binary)).resolves.toEqual({ stdout: '', stderr: '' });
  });

  it('keep a mask whole where no register is left for it', async () => {
    const binary = join(folder, 'spill');
    const source = join(import.meta.dirname, 'spill.test.cpp');
    const flags = ['-std=c++20', '-O2', '-march=native', '-Wall', '-Wextra', '-Werror', '-Wno-maybe-uninitialized'];
    await run('g++', [...flags, '-Wno-uninitialized', '-o', binary, source]);
    await expect(run(binary)).resolves.toEqual({ stdout: '', stderr: '' });
  });
});

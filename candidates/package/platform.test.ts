import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platform } from '../../harness/export/compile-native.ts';
import { bundleDependencies } from '../../harness/export/native.ts';
import { seedPackage, seedPackageName } from '../../harness/export/testing/seed-package.ts';

describe('on a platform where the dispatcher opens and no library of a level does', { timeout: 300_000 }, () => {
  let folder: string;
  let tools: string;

  beforeAll(async () => {
    folder = await seedPackage();
    await bundleDependencies(folder);
    tools = await mkdtemp(join(tmpdir(), 'annvil-tools-'));
    await writeFile(join(tools, 'node-gyp'), '#!/bin/sh\necho node-gyp "$@"\n');
    await chmod(join(tools, 'node-gyp'), 0o755);
  }, 300_000);
  afterAll(async () => {
    for (const made of [folder, tools]) await rm(made, { recursive: true, force: true });
  });

  // A level that there is not, asked for by the environment, says nothing of those there are.
  const env = { ANNVIL_LEVEL: 'sse9' };

  async function opensNothing(libraries: string): Promise<void> {
    for (const name of (await readdir(libraries)).filter((name) => name.startsWith(`${seedPackageName}-`)))
      await writeFile(join(libraries, name), 'of another platform');
  }

  it('npm compiles, and elsewhere it does not', async () => {
    const install = async () => {
      const path = `${tools}:${process.env.PATH}`;
      return (await execa('node', ['install.cjs'], { cwd: folder, env: { ...env, PATH: path } })).stdout;
    };
    expect(await install()).toBe('');
    await opensNothing(join(folder, 'prebuilds', platform));
    expect(await install()).toBe('node-gyp rebuild');
  });

  it('pip compiles, and elsewhere it does not', async () => {
    const native = join(folder, 'python', seedPackageName, 'native');
    const code = 'import compile_native, pathlib, sys; print(compile_native.usable(pathlib.Path(sys.argv[1])))';
    const backend = { PYTHONPATH: join(folder, 'python', 'backend') };
    const usable = async () =>
      (await execa('/usr/bin/python3', ['-c', code, native], { env: { ...env, ...backend } })).stdout;
    expect(await usable()).toBe('True');
    await opensNothing(native);
    expect(await usable()).toBe('False');
    await mkdir(join(folder, 'empty'));
    expect((await execa('/usr/bin/python3', ['-c', code, join(folder, 'empty')], { env: backend })).stdout).toBe(
      'False',
    );
  });
});

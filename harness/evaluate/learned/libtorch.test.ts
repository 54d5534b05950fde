import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findLibTorch } from './libtorch.ts';

it('says how to install LibTorch where there is none', async () => {
  const error = await findLibTorch(undefined, () => false).catch((thrown) => thrown);
  expect(error.name).toBe('MachineError');
  expect(error.message).toMatch(/LibTorch, which is missing[\s\S]*apt-get install -y libtorch-dev/);
});

it('refuses a folder that holds none, by name', async () => {
  await expect(findLibTorch('/nowhere')).rejects.toThrow(/no LibTorch in \/nowhere/);
});

it('links a LibTorch of the user’s own by its path, with its GPU library where it has one', async () => {
  const withGpu = await findLibTorch('/opt/libtorch', () => true);
  expect(withGpu).toMatchObject({ folders: ['/opt/libtorch'], cuda: true });
  expect(withGpu.libraries).toContain('-Wl,-rpath,/opt/libtorch/lib');
  expect(withGpu.libraries).toContain('-ltorch_cuda');
  const without = await findLibTorch('/opt/libtorch', (path) => !path.includes('cuda'));
  expect(without.libraries.join(' ')).not.toContain('cuda');
});

it('sees what pip keeps beside torch too, since CUDA’s libraries are there', async () => {
  const site = '/venv/lib/python3.12/site-packages';
  expect((await findLibTorch(`${site}/torch`, () => true)).folders).toEqual([`${site}/torch`, `${site}/nvidia`]);
});

it('takes what CMake is told, and builds as LibTorch was built', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-libtorch-'));
  const write = async (path: string, text = '') => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  try {
    await write('include/torch/csrc/api/include/torch/torch.h');
    await write('lib/libtorch_cpu.so');
    const configured = (abi: number) =>
      write('share/cmake/Torch/TorchConfig.cmake', `  set(TORCH_CXX_FLAGS "-D_GLIBCXX_USE_CXX11_ABI=${abi}")\n`);
    await configured(1);
    const found = await findLibTorch(folder);
    expect(found.flags.join(' ')).not.toContain('ABI');
    for (const below of ['share/cmake', 'share/cmake/Torch'])
      expect(await findLibTorch(join(folder, below))).toEqual(found);
    await configured(0);
    expect((await findLibTorch(folder)).flags).toEqual([...found.flags, '-D_GLIBCXX_USE_CXX11_ABI=0']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

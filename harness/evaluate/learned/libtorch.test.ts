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
  expect(withGpu).toMatchObject({ folder: '/opt/libtorch' });
  expect(withGpu.libraries).toContain('-Wl,-rpath,/opt/libtorch/lib');
  expect(withGpu.libraries).toContain('-ltorch_cuda');
  const without = await findLibTorch('/opt/libtorch', (path) => !path.includes('cuda'));
  expect(without.libraries.join(' ')).not.toContain('cuda');
});

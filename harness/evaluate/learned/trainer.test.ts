import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTrainer } from './trainer.ts';

let folder: string;
/** Laid out as pytorch.org's archive for CUDA; its files are empty, and so are the nodes: whether a GPU computes is tested nowhere. */
let libtorch: string;
let nodes: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-trainer-'));
  [libtorch, nodes] = [join(folder, 'libtorch'), join(folder, 'dev')];
  await touch(libtorch, 'include/torch/csrc/api/include/torch/torch.h', 'lib/libtorch_cpu.so', 'lib/libtorch_cuda.so');
  await touch(nodes, 'null', 'nvidia0', 'nvidiactl', 'nvidia-uvm', 'nvidia-uvm-tools', 'nvidia-nvswitchctl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function touch(root: string, ...files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), '');
  }
}

describe('trainings', () => {
  it('go to a GPU where LibTorch and the machine have one, which their trainer’s version tells', async () => {
    const trainer = await findTrainer({ libtorch }, nodes);
    const opened = ['nvidia-uvm', 'nvidia-uvm-tools', 'nvidia0', 'nvidiactl'].map((name) => join(nodes, name));
    expect(trainer.gpu).toEqual({ nodes: opened });
    expect(trainer.version).toMatch(/\(cuda\)$/);
    expect(trainer.libraries.join(' ')).toContain('-Wl,--no-as-needed -ltorch_cuda');
    expect(await findTrainer({ libtorch, device: 'cuda' }, nodes)).toEqual(trainer);
  });

  it('stay on the processor where the user says so, or either lacks', async () => {
    const told = await findTrainer({ libtorch, device: 'cpu' }, nodes);
    expect(told.gpu).toBeUndefined();
    expect(told.version).not.toContain('cuda');
    await rm(join(nodes, 'nvidia-uvm'));
    expect((await findTrainer({ libtorch }, nodes)).gpu).toBeUndefined();
    await touch(nodes, 'nvidia-uvm');
    await rm(join(libtorch, 'lib/libtorch_cuda.so'));
    expect(await findTrainer({ libtorch }, nodes)).toMatchObject({ version: told.version, cuda: false });
  });

  it('are refused a GPU that is not there, and a device that nobody knows', async () => {
    await rm(join(nodes, 'nvidia0'));
    const asked = { libtorch, device: 'cuda' };
    await expect(findTrainer(asked, nodes)).rejects.toThrow(/has no nvidia0.*\n.*driver[\s\S]*ANNVIL_DEVICE=cpu/);
    await rm(join(libtorch, 'lib/libtorch_cuda.so'));
    await expect(findTrainer(asked, nodes)).rejects.toThrow(/no libtorch_cuda\.so[\s\S]*ANNVIL_LIBTORCH=FOLDER/);
    await expect(findTrainer({ libtorch, device: 'gpu' }, nodes)).rejects.toMatchObject({
      name: 'UsageError',
      message: 'ANNVIL_DEVICE is "gpu": it may be cpu or cuda, or unset',
    });
  });
});

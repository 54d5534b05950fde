import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MachineError, UsageError } from '../../core/errors.ts';
import { findLibTorch, type LibTorch } from './libtorch.ts';

/** What the user says of trainings. */
export interface TrainerChoice {
  /** Folder of a LibTorch other than the system's: ANNVIL_LIBTORCH. */
  readonly libtorch?: string | undefined;
  /** cpu or cuda: ANNVIL_DEVICE. Undefined: a GPU where there is one, and a LibTorch that can use it. */
  readonly device?: string | undefined;
}

/** LibTorch, and where it computes. Its version tells trainings on a GPU from those on the processor. */
export interface Trainer extends LibTorch {
  /** Absent: on the processor. */
  readonly gpu?: Gpu;
}

/** NVIDIA's GPUs, as the system shows them. */
export interface Gpu {
  /** Paths of device nodes. */
  readonly nodes: readonly string[];
}

export function trainerChoice(variable: (name: string) => string | undefined): TrainerChoice {
  return { libtorch: variable('ANNVIL_LIBTORCH'), device: variable('ANNVIL_DEVICE') };
}

const devices = ['cpu', 'cuda'];

/**
 * The trainer that the choice, LibTorch and the device nodes in `nodeFolder` make. Whether the driver answers is seen by the first training alone.
 * @throws UsageError for a device that there is not; MachineError where LibTorch is missing, or the GPU that was asked for
 */
export async function findTrainer(
  { libtorch: folder, device }: TrainerChoice = {},
  nodeFolder = '/dev',
): Promise<Trainer> {
  if (device !== undefined && !devices.includes(device)) {
    throw new UsageError(`ANNVIL_DEVICE is "${device}": it may be ${devices.join(' or ')}, or unset`);
  }
  const libtorch = await findLibTorch(folder);
  if (device === 'cpu') return libtorch;
  const nodes = await gpuNodes(nodeFolder);
  if (libtorch.cuda && nodes.length > 0) return { ...libtorch, version: `${libtorch.version} (cuda)`, gpu: { nodes } };
  if (device === undefined) return libtorch;
  if (!libtorch.cuda) {
    const fix = 'unpack one from pytorch.org that is built for CUDA, and name it: ANNVIL_LIBTORCH=FOLDER';
    throw new MachineError(`ANNVIL_DEVICE is cuda, and ${libtorch.version} has no libtorch_cuda.so`, fix);
  }
  throw new MachineError(
    `ANNVIL_DEVICE is cuda, and ${nodeFolder} has no nvidia0, nvidiactl and nvidia-uvm`,
    "install NVIDIA's driver, then: nvidia-modprobe -c 0 -u   (as root; in a container, start it with the GPU; or set ANNVIL_DEVICE=cpu)",
  );
}

/** The nodes that CUDA opens; none where one is missing that it cannot do without. */
async function gpuNodes(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const nodes = names.filter((name) => /^nvidia(\d+|ctl|-uvm|-uvm-tools|-modeset|-caps)$/.test(name)).sort();
  const whole = ['nvidiactl', 'nvidia-uvm'].every((name) => nodes.includes(name)) && nodes.some(isGpu);
  return whole ? nodes.map((name) => join(folder, name)) : [];
}

const isGpu = (node: string) => /^nvidia\d+$/.test(node);

import type { SandboxLimits, SandboxPlan } from '../sandbox.ts';
import type { Trainer } from './trainer.ts';

/** What a training's sandbox takes from where the training computes. */
export interface TrainingSandbox {
  readonly limits: Pick<SandboxLimits, 'addressSpaceBytes' | 'dataBytes' | 'openFiles'>;
  readonly lent: NonNullable<SandboxPlan['lent']>;
  readonly devices: readonly string[];
  /** NAME=value. */
  readonly environment: readonly string[];
}

/** Host memory that the driver and CUDA's libraries may write to, beside what the training may. An estimate. */
const driverBytes = 8 * 2 ** 30;

/**
 * On a GPU it sees more of the machine: its nodes, /sys, and a /proc of its own, since without them, or the names of its threads in /proc, the driver
 * does not start. With /proc it could open again what it inherits, so `train` hands it copies.
 */
export function trainingSandbox({ folders, gpu }: Trainer, memoryBytes: number): TrainingSandbox {
  const libraries = folders.map(seenAsIs);
  if (!gpu) {
    return {
      limits: { addressSpaceBytes: memoryBytes },
      // LibTorch asks what the processor can do; it needs nothing else of /proc, and a training that had it could reopen its inputs.
      lent: [seenAsIs('/proc/cpuinfo'), ...libraries],
      devices: [],
      environment: [],
    };
  }
  return {
    // CUDA reserves addresses for the memory of all GPUs and of the machine.
    limits: { addressSpaceBytes: Infinity, dataBytes: memoryBytes + driverBytes, openFiles: 1024 },
    lent: [seenAsIs('/sys'), ...libraries],
    devices: gpu.nodes,
    // There is no home folder to keep compiled kernels in.
    environment: ['CUDA_CACHE_DISABLE=1'],
  };
}

const seenAsIs = (path: string) => ({ from: path, to: path });

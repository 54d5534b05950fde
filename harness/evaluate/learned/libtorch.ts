import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MachineError } from '../../core/errors.ts';

/** The LibTorch that training programs are compiled and linked with. Served indexes need none. */
export interface LibTorch {
  /** Names it in caches and fingerprints, for instance `libtorch 1.13.1`. */
  readonly version: string;
  /** For the compiler. */
  readonly flags: readonly string[];
  /** For the linker, after the sources. */
  readonly libraries: readonly string[];
  /** A folder outside of /usr that sandboxes must see; absent for the system's own. */
  readonly folder?: string;
}

const systemInclude = '/usr/include/torch/csrc/api/include';
const install =
  'apt-get install -y libtorch-dev libopenblas0-pthread libmetis-dev   (as root; or name another LibTorch: ANNVIL_LIBTORCH=FOLDER)';

/**
 * Debian's LibTorch, or the one unpacked at `folder` (the one with include/ and lib/, as pytorch.org distributes it).
 * @throws MachineError naming the command that installs one
 */
export async function findLibTorch(folder?: string, exists: (path: string) => boolean = existsSync): Promise<LibTorch> {
  if (folder) return libTorchAt(folder, exists);
  if (!exists(join(systemInclude, 'torch/torch.h'))) {
    throw new MachineError('learned targets are trained with LibTorch, which is missing', install);
  }
  return {
    version: await versionIn(systemInclude),
    flags: ['-isystem', systemInclude],
    libraries: ['-ltorch', '-ltorch_cpu', '-lc10'],
  };
}

async function libTorchAt(folder: string, exists: (path: string) => boolean): Promise<LibTorch> {
  const include = join(folder, 'include');
  const lib = join(folder, 'lib');
  if (!exists(join(include, 'torch/csrc/api/include/torch/torch.h')) || !exists(join(lib, 'libtorch_cpu.so'))) {
    throw new MachineError(`no LibTorch in ${folder}: it should hold include/ and lib/libtorch_cpu.so`, install);
  }
  const gpu = exists(join(lib, 'libtorch_cuda.so'));
  return {
    version: await versionIn(join(include, 'torch/csrc/api/include')),
    flags: ['-isystem', include, '-isystem', join(include, 'torch/csrc/api/include')],
    // Nothing refers to the GPU's library by name: it registers itself where it is linked.
    libraries: [
      `-L${lib}`,
      `-Wl,-rpath,${lib}`,
      '-ltorch_cpu',
      '-lc10',
      ...(gpu ? ['-Wl,--no-as-needed', '-ltorch_cuda', '-lc10_cuda'] : []),
    ],
    folder,
  };
}

async function versionIn(include: string): Promise<string> {
  const text = await readFile(join(include, 'torch/version.h'), 'utf8').catch(() => '');
  const parts = ['MAJOR', 'MINOR', 'PATCH'].map((part) => new RegExp(`TORCH_VERSION_${part} (\\d+)`).exec(text)?.[1]);
  return parts.includes(undefined) ? 'libtorch of no stated version' : `libtorch ${parts.join('.')}`;
}

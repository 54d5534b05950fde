import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { MachineError } from '../../core/errors.ts';

/** The LibTorch that training programs are compiled and linked with. Served indexes need none. */
export interface LibTorch {
  /** Names it in caches and fingerprints, for instance `libtorch 1.13.1`. */
  readonly version: string;
  /** For the compiler. */
  readonly flags: readonly string[];
  /** For the linker, after the sources. */
  readonly libraries: readonly string[];
  /** Folders that sandboxes must see besides the system's. */
  readonly folders: readonly string[];
  /** Whether its library for NVIDIA's GPUs is there, and linked. */
  readonly cuda: boolean;
}

const systemInclude = '/usr/include/torch/csrc/api/include';
const install =
  'apt-get install -y libtorch-dev libopenblas0-pthread libmetis-dev   (as root; or name another LibTorch: ANNVIL_LIBTORCH=FOLDER)';

/**
 * Debian's LibTorch, or the one at `folder`: with include/ and lib/, as pytorch.org distributes it, or what CMake is told of it (CMAKE_PREFIX_PATH,
 * Torch_DIR), which may be a folder below.
 * @throws MachineError naming the command that installs one
 */
export async function findLibTorch(folder?: string, exists: (path: string) => boolean = existsSync): Promise<LibTorch> {
  if (folder) return libTorchAt(rootOf(resolve(folder), exists), exists);
  if (!exists(join(systemInclude, 'torch/torch.h'))) {
    throw new MachineError('learned targets are trained with LibTorch, which is missing', install);
  }
  return {
    version: await versionIn(systemInclude),
    flags: ['-isystem', systemInclude],
    libraries: ['-ltorch', '-ltorch_cpu', '-lc10'],
    folders: [],
    // Debian's main archive has none.
    cuda: false,
  };
}

const configuration = 'share/cmake/Torch/TorchConfig.cmake';

/** The folder that holds include/ and lib/: `folder`, or one above where that is share/cmake, or Torch in there. */
function rootOf(folder: string, exists: (path: string) => boolean): string {
  const above = [folder, dirname(dirname(folder)), dirname(dirname(dirname(folder)))];
  return above.find((root) => exists(join(root, configuration))) ?? folder;
}

async function libTorchAt(folder: string, exists: (path: string) => boolean): Promise<LibTorch> {
  const include = join(folder, 'include');
  const lib = join(folder, 'lib');
  if (!exists(join(include, 'torch/csrc/api/include/torch/torch.h')) || !exists(join(lib, 'libtorch_cpu.so'))) {
    throw new MachineError(`no LibTorch in ${folder}: it should hold include/ and lib/libtorch_cpu.so`, install);
  }
  const cuda = exists(join(lib, 'libtorch_cuda.so'));
  // pip puts CUDA's libraries into packages of their own, beside torch; pytorch.org's archive has them in lib/.
  const beside = join(dirname(folder), 'nvidia');
  return {
    version: await versionIn(join(include, 'torch/csrc/api/include')),
    flags: ['-isystem', include, '-isystem', join(include, 'torch/csrc/api/include'), ...(await abiOf(folder))],
    // Nothing refers to the GPU's library by name: it registers itself where it is linked.
    libraries: [
      `-L${lib}`,
      `-Wl,-rpath,${lib}`,
      '-ltorch_cpu',
      '-lc10',
      ...(cuda ? ['-Wl,--no-as-needed', '-ltorch_cuda', '-lc10_cuda'] : []),
    ],
    folders: [folder, ...(cuda && basename(folder) === 'torch' && exists(beside) ? [beside] : [])],
    cuda,
  };
}

/** A LibTorch that was built with the strings of before C++11 must be used with them: its own configuration says so. */
async function abiOf(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, configuration), 'utf8').catch(() => '');
  const flags = /set\(TORCH_CXX_FLAGS "([^"]*)"\)/.exec(text)?.[1] ?? '';
  const old = '-D_GLIBCXX_USE_CXX11_ABI=0';
  return flags.split(' ').includes(old) ? [old] : [];
}

async function versionIn(include: string): Promise<string> {
  const text = await readFile(join(include, 'torch/version.h'), 'utf8').catch(() => '');
  const parts = ['MAJOR', 'MINOR', 'PATCH'].map((part) => new RegExp(`TORCH_VERSION_${part} (\\d+)`).exec(text)?.[1]);
  return parts.includes(undefined) ? 'libtorch of no stated version' : `libtorch ${parts.join('.')}`;
}

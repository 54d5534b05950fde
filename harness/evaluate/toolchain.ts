import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { HarnessError, MachineError } from '../core/errors.ts';
import { packageRoot } from '../core/paths.ts';
import type { Metric } from '../core/target.ts';

/** The compiler that candidates are built with. */
export interface Toolchain {
  readonly command: string;
  /** First line of `--version`. */
  readonly version: string;
  readonly flags: readonly string[];
}

const candidateFlags = [
  '-std=c++20',
  '-O3',
  '-march=native',
  '-DNDEBUG',
  '-Wall',
  '-Wextra',
  '-Wno-uninitialized',
  '-Wno-maybe-uninitialized',
  '-pthread',
  // Every function is bound at the start: binding one later would write to memory that a locked player may not change.
  '-Wl,-z,relro,-z,now',
];

/** Finds g++, else clang++. @throws MachineError naming the command that installs one */
export async function findToolchain(): Promise<Toolchain> {
  for (const command of ['g++', 'clang++', 'clang++-16', 'clang++-15', 'clang++-14']) {
    const { stdout, exitCode } = await execa(command, ['--version'], { reject: false });
    if (exitCode === 0 && stdout) return { command, version: stdout.split('\n')[0]!, flags: candidateFlags };
  }
  throw new MachineError('no C++ compiler: neither g++ nor clang++ answers', 'apt-get install -y g++   (as root)');
}

/** Folders whose sources decide what a measurement means. */
const evaluatorFolders = ['contract', 'player', 'referee'].map((name) => join(packageRoot, 'candidates', name));

/** Every C++ source of the given folders, by name relative to candidates/. */
export async function sourcesOf(folders: readonly string[]): Promise<Record<string, string>> {
  const sources: Record<string, string> = {};
  for (const folder of folders) {
    for (const name of (await readdir(folder)).sort()) {
      if (!/\.(hpp|cpp)$/.test(name) || name.includes('.test.')) continue;
      sources[join(folder.slice(folder.lastIndexOf('/') + 1), name)] = await readFile(join(folder, name), 'utf8');
    }
  }
  return sources;
}

export const contractAndPlayer = () => sourcesOf(evaluatorFolders.slice(0, 2));

/** SHA-256 of contract, player and referee. */
export async function evaluatorHash(): Promise<string> {
  return hashOf(JSON.stringify(await sourcesOf(evaluatorFolders)));
}

export function hashOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

export function metricDefine(metric: Metric): string {
  return `-DANNVIL_METRIC=${metric}`;
}

/** Our programs that are one file each, beside the referee's. */
const singleFiles = ['truth', 'roofline', 'filters'] as const;
type SingleFile = (typeof singleFiles)[number];

/**
 * Compiles one of our own programs (`referee`: `main.cpp`, `player.cpp`, ...; the others: the one file of that name) into the cache, outside
 * any sandbox, and returns its path. @throws MachineError for a missing library, HarnessError where our source does not compile
 */
export async function ownProgram(
  program: 'referee' | SingleFile,
  cacheDir: string,
  toolchain: Toolchain,
): Promise<string> {
  const folder = evaluatorFolders[2]!;
  const alone: readonly string[] = singleFiles.map((name) => `${name}.cpp`);
  const units =
    program === 'referee'
      ? (await readdir(folder)).filter((name) => /\.cpp$/.test(name) && !alone.includes(name))
      : [`${program}.cpp`];
  const libraries = program === 'filters' ? ['-lseccomp'] : [];
  const flags = ['-std=c++20', program === 'referee' ? '-O2' : '-O3', '-march=native', '-Wall', '-Wextra', '-pthread'];
  const key = hashOf(await evaluatorHash(), toolchain.version, flags.join(' '), await cpuFlags()).slice(0, 32);
  const binary = join(cacheDir, 'programs', `${program}-${key}`);
  if (existsSync(binary)) return binary;
  const include = await contractInclude(cacheDir);
  const unfinished = `${binary}.${process.pid}`;
  await mkdir(dirname(binary), { recursive: true });
  const compiled = await execa(
    toolchain.command,
    [...flags, '-I', include, '-o', unfinished, ...units.map((unit) => join(folder, unit)), ...libraries],
    { reject: false },
  );
  if (compiled.exitCode !== 0) {
    if (compiled.stderr.includes('nlohmann/json.hpp')) {
      throw new MachineError(
        'the JSON library for C++ is missing',
        'apt-get install -y nlohmann-json3-dev   (as root)',
      );
    }
    if (/seccomp\.h|-lseccomp/.test(compiled.stderr)) {
      throw new MachineError(
        'the library for system-call filters is missing',
        'apt-get install -y libseccomp-dev   (as root)',
      );
    }
    throw new HarnessError(`${program} does not compile:\n${compiled.stderr}`);
  }
  await rename(unfinished, binary);
  return binary;
}

/** A folder in which `annvil/` names the contract, so that `#include <annvil/search.hpp>` finds it. */
export async function contractInclude(cacheDir: string): Promise<string> {
  const include = join(cacheDir, 'include', hashOf(packageRoot).slice(0, 12));
  await mkdir(include, { recursive: true });
  await symlink(evaluatorFolders[0]!, join(include, 'annvil')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return include;
}

/** The instruction sets this CPU has, as the kernel lists them: `-march=native` means something else on another. */
export async function cpuFlags(): Promise<string> {
  const info = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  return /^flags\s*:\s*(.*)$/m.exec(info)?.[1] ?? process.arch;
}

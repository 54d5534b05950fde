import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { HarnessError } from '../../core/errors.ts';
import { packageRoot } from '../../core/paths.ts';
import { contractInclude, cpuFlags, hashOf, type Toolchain } from '../toolchain.ts';
import type { LibTorch } from './libtorch.ts';

const candidates = join(packageRoot, 'candidates');

/** C++ sources under candidates/<folder>, subfolders left out, by path relative to candidates/; none where there is no such folder. */
async function sourcesIn(folder: string): Promise<Record<string, string>> {
  const names = await readdir(join(candidates, folder)).catch(() => [] as string[]);
  const files = names.filter((name) => /\.(hpp|cpp)$/.test(name) && !name.includes('.test.')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(candidates, folder, name), 'utf8')));
  return Object.fromEntries(files.map((name, n) => [join(folder, name), texts[n]!]));
}

/** What the players of a learned target are compiled from besides their slots' headers. */
export async function learnedSupport(target: string): Promise<Record<string, string>> {
  const folders = [
    'contract',
    'contract/learned',
    `contract/${target}`,
    'player',
    'player/learned',
    `player/${target}`,
  ];
  const parts = await Promise.all(folders.map(sourcesIn));
  return Object.assign({}, ...parts);
}

/** Sources that decide what an examination means. */
async function refereeSources(target: string): Promise<Record<string, string>> {
  const parts = await Promise.all(['referee', 'referee/learned', `referee/${target}`].map(sourcesIn));
  return Object.assign({}, ...parts);
}

/** SHA-256 of contract, players and referee of a learned target. */
export async function learnedEvaluatorHash(target: string): Promise<string> {
  return hashOf(JSON.stringify([await learnedSupport(target), await refereeSources(target)]));
}

/** Units of the graph's referee that examinations share: how a sandboxed child is started, watched and ended. */
const shared = ['child.cpp', 'player.cpp', 'counters.cpp', 'locked_memory.cpp', 'scoring.cpp'];

/**
 * Compiles a trusted program of a learned target, candidates/referee/<target>/<program>.cpp with that folder's other units that are no programs
 * (`*_unit.cpp`), into the cache, outside any sandbox. `libtorch`: for baselines that are trained themselves.
 * @throws HarnessError where our source does not compile
 */
export async function trustedProgram(
  target: string,
  program: string,
  cacheDir: string,
  toolchain: Toolchain,
  libtorch?: LibTorch,
): Promise<string> {
  const folder = join(candidates, 'referee', target);
  const units = (await readdir(folder)).filter((name) => name.endsWith('_unit.cpp'));
  const flags = ['-std=c++20', libtorch ? '-O2' : '-O3', '-march=native', '-Wall', '-Wextra', '-pthread'];
  const built = [toolchain.version, ...flags, libtorch?.version ?? ''];
  const key = hashOf(await learnedEvaluatorHash(target), ...built, await cpuFlags()).slice(0, 32);
  const binary = join(cacheDir, 'programs', `${target}-${program}-${key}`);
  if (existsSync(binary)) return binary;
  const include = await contractInclude(cacheDir);
  const unfinished = `${binary}.${process.pid}`;
  await mkdir(dirname(binary), { recursive: true });
  const sources = [
    ...[`${program}.cpp`, ...units].map((unit) => join(folder, unit)),
    ...shared.map((unit) => join(candidates, 'referee', unit)),
  ];
  const { exitCode, stderr } = await execa(
    toolchain.command,
    [...flags, ...(libtorch?.flags ?? []), '-I', include, '-o', unfinished, ...sources, ...(libtorch?.libraries ?? [])],
    { reject: false },
  );
  if (exitCode !== 0) throw new HarnessError(`${target}/${program} does not compile:\n${stderr}`);
  await rename(unfinished, binary);
  return binary;
}

import { existsSync } from 'node:fs';
import { chmod, copyFile, link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { HarnessError } from '../core/errors.ts';
import type { Metric } from '../core/target.ts';
import { contractInclude, hashOf, metricDefine, type Toolchain } from './toolchain.ts';

/** What players and most candidates include besides the contract: parsing it is a third of a compile. */
const standardHeaders = (
  'algorithm array atomic bit cmath cstddef cstdint cstdio cstring functional limits memory mutex new queue random span ' +
  'stdexcept string thread utility vector'
).split(' ');
const header = 'contract.hpp';

/**
 * Precompiles contract and common headers, once a toolchain, metric and contract, outside any sandbox since all of it is ours.
 * Returns the folder, or undefined for compilers whose form of it we do not know. Made for speed alone: a header that forgets
 * an include compiles with it, and is told so by the compiles of `Vetter`, which do without.
 * @param contract the contract's sources by relative path
 * @throws HarnessError where the contract does not compile
 */
export async function precompileContract(
  cacheDir: string,
  machineKey: string,
  toolchain: Toolchain,
  metric: Metric,
  contract: readonly string[],
): Promise<string | undefined> {
  const included = contract.map((path) => path.replace(/^contract\//, 'annvil/'));
  return precompile(cacheDir, machineKey, toolchain, metric, [...standardHeaders, ...included]);
}

/** The same for any list of headers. */
export async function precompile(
  cacheDir: string,
  machineKey: string,
  toolchain: Toolchain,
  metric: Metric,
  headers: readonly string[],
): Promise<string | undefined> {
  if (toolchain.command !== 'g++') return undefined;
  const text = headers.map((name) => `#include <${name}>\n`).join('');
  const key = hashOf(machineKey, metric, ...toolchain.flags, text).slice(0, 32);
  const folder = join(cacheDir, 'precompiled', key);
  if (existsSync(join(folder, `${header}.gch`))) return folder;
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  await writeFile(join(unfinished, header), text);
  const include = ['-I', await contractInclude(cacheDir)];
  // Linker flags would make the compiler link.
  const compiling = toolchain.flags.filter((flag) => !flag.startsWith('-Wl,'));
  const command = [...compiling, metricDefine(metric), ...include, '-x', 'c++-header', join(unfinished, header)];
  const { exitCode, stderr } = await execa(toolchain.command, command, { reject: false });
  if (exitCode !== 0) throw new HarnessError(`the contract does not compile:\n${stderr}`);
  for (const name of [header, `${header}.gch`]) await chmod(join(unfinished, name), 0o644);
  // Another process may have been first, with the same.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true, force: true }));
  return folder;
}

/** Brings a precompiled contract to `target`, where the sandbox's user can reach it; returns the flags that use it there as `seen`. */
export async function lendPrecompiled(folder: string, target: string, seen: string): Promise<string[]> {
  await mkdir(target, { mode: 0o755 });
  for (const name of [header, `${header}.gch`]) {
    // A link costs nothing, a copy of some 90 MB a twentieth of a second; links end at file systems.
    await link(join(folder, name), join(target, name)).catch(() => copyFile(join(folder, name), join(target, name)));
  }
  return ['-include', `${seen}/${header}`];
}

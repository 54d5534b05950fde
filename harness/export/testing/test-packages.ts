import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../../core/paths.ts';
import { inPackage, layOutCore, type PackageIndex } from '../layout.ts';

const sources = join(packageRoot, 'candidates', 'package');

/** Two packages to test with: the seeds' own, and one whose construction renumbers the nodes. */
export async function testPackages(): Promise<Record<'seeded' | 'renumbered', PackageIndex>> {
  const seed = (slot: string) => readFile(join(packageRoot, 'seeds', 'graph', `${slot}.hpp`), 'utf8');
  const [construction, search, refinement] = await Promise.all(['construction', 'search', 'refinement'].map(seed));
  const headers = { construction: construction!, search: search!, refinement: refinement! };
  const renumbers = await readFile(join(sources, 'testing', 'renumbers.hpp'), 'utf8');
  const made = (name: string, own: PackageIndex['headers']) => ({
    name,
    title: `${name} 1.0.0`,
    headers: own,
    maxDegree: 32,
  });
  return {
    seeded: made('seeded', headers),
    renumbered: made('renumbered', { ...headers, construction: renumbers }),
  };
}

/** Lays each, and `more`, out in `folder/NAME`, with the sources of test programs in `testing/` and `fuzz/`. */
export async function layOutTestPackages(folder: string, more: readonly PackageIndex[] = []): Promise<void> {
  for (const index of [...Object.values(await testPackages()), ...more]) {
    await layOutCore(index, join(folder, index.name));
    for (const part of ['testing', 'fuzz']) {
      await mkdir(join(folder, index.name, part), { recursive: true });
      for (const file of (await readdir(join(sources, part))).filter((one) => /\.(c|cpp|hpp)$/.test(one))) {
        const text = await readFile(join(sources, part, file), 'utf8');
        await writeFile(join(folder, index.name, part, file), inPackage(text, index));
      }
    }
  }
}

/** Warnings that g++ 12 gives for its own AVX-512 headers (GCC bug 105593). */
const notOurs = ['-Wno-uninitialized', '-Wno-maybe-uninitialized'];

/**
 * Compiles `source`, a path in the folder, and returns the program's path. What was compiled before from the same files with the same
 * flags is taken from a cache that test runs share: under sanitizers each costs ten seconds and more.
 */
export async function testProgram(folder: string, source: string, flags: readonly string[]): Promise<string> {
  const compiler = source.endsWith('.c') ? ['gcc', '-std=c11'] : ['g++', '-std=c++20', ...notOurs];
  const command = [...compiler, '-g1', '-Wall', '-Wextra', '-Werror', '-pthread', ...flags];
  const key = await hashOfFolder(folder, [...command, source]);
  const kept = join(packageRoot, 'node_modules', '.cache', 'annvil-tests', 'package-programs');
  const binary = join(kept, key);
  if (!existsSync(binary)) {
    await mkdir(kept, { recursive: true });
    const unfinished = `${binary}.${process.pid}`;
    const names = new Set(['seeded', 'renumbered', source.split('/')[0]!]);
    const include = [...names].flatMap((name) => ['-I', join(folder, name, 'include')]);
    const args = [...command.slice(1), ...include, '-o', unfinished, join(folder, source)];
    await execa(command[0]!, [...args, '-ldl', '-lm']);
    await rename(unfinished, binary);
  }
  const here = join(folder, `${source.replaceAll('/', '-')}.out`);
  await copyFile(binary, here);
  return here;
}

/** Of all C and C++ files in it, and of what else decides. */
async function hashOfFolder(folder: string, rest: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(rest.join('\0').replaceAll(folder, ''));
  for (const path of (await readdir(folder, { recursive: true }))
    .filter((one) => /\.(c|h|cpp|hpp)$/.test(one))
    .sort()) {
    hash.update(path).update(await readFile(join(folder, path)));
  }
  return hash.digest('hex').slice(0, 32);
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../core/paths.ts';
import { layOutCore } from '../layout.ts';
import { compileLibraries, libraryCommands } from '../libraries.ts';
import { filledFolder } from '../template.ts';

export const seedPackageName = 'seed_index';

/** Where templates go in a package. */
const templates = { python: 'python', cmake: '.', examples: 'examples', 'ann-benchmarks': 'ann-benchmarks' } as const;

/** The C++ of the seed graph as a package, with its Python, CMake and ann-benchmarks sides, in a folder of its own. */
export async function seedPackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-package-'));
  const seed = (slot: string) => readFile(join(packageRoot, 'seeds', 'graph', `${slot}.hpp`), 'utf8');
  const headers = {
    construction: await seed('construction'),
    search: await seed('search'),
    refinement: await seed('refinement'),
  };
  const values = { NAME: seedPackageName, PACKAGE: seedPackageName.replaceAll('_', '-'), VERSION: '1.2.3' };
  await layOutCore({ name: seedPackageName, title: 'seed-index 1.2.3', headers, maxDegree: 32 }, folder);
  for (const [from, to] of Object.entries(templates)) {
    for (const [path, text] of await filledFolder(join(packageRoot, 'candidates', 'package', from), values)) {
      const target = join(folder, to, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
    }
  }
  await cp(await libraries(folder), join(folder, 'python', seedPackageName, 'native'), { recursive: true });
  return folder;
}

/** The compiled libraries, by all that goes into them: test runs share them, as they take a minute to compile. */
async function libraries(folder: string): Promise<string> {
  const plan = { folder, name: seedPackageName, out: 'native' };
  const hash = createHash('sha256').update(JSON.stringify(libraryCommands({ ...plan, folder: '.' })));
  for (const part of ['include', 'src']) {
    for (const entry of (await readdir(join(folder, part), { recursive: true, withFileTypes: true })).sort((a, b) =>
      join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
    )) {
      if (entry.isFile()) hash.update(await readFile(join(entry.parentPath, entry.name)));
    }
  }
  const kept = join(
    packageRoot,
    'node_modules',
    '.cache',
    'annvil-tests',
    'libraries',
    hash.digest('hex').slice(0, 32),
  );
  if (existsSync(kept)) return kept;
  await mkdir(dirname(kept), { recursive: true });
  const made = await mkdtemp(`${kept}.`);
  await compileLibraries({ ...plan, out: made });
  // Another test may have been first; one copy is as good as the other.
  await rename(made, kept).catch(() => undefined);
  return existsSync(kept) ? kept : made;
}

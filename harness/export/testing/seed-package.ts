import { cp, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../core/paths.ts';
import { compileNative, platform } from '../compile-native.ts';
import { layOutNative } from '../native.ts';
import { filledFolder } from '../template.ts';

export const seedPackageName = 'seed_index';

/** Where templates go in a package. */
const templates = { python: 'python', cmake: '.', examples: 'examples', 'ann-benchmarks': 'ann-benchmarks' } as const;
/** What compilers make is shared by test runs. */
const cacheDir = join(packageRoot, 'node_modules', '.cache', 'annvil-tests');

/**
 * The seed graph as a package, with its Python, CMake and ann-benchmarks sides, in a folder of its own. Its C++ is that of the seed which
 * packages verify themselves against, so that the tests of exporting and these compile it once.
 */
export async function seedPackage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-package-'));
  const seed = (slot: string) => readFile(join(packageRoot, 'seeds', 'graph', `${slot}.hpp`), 'utf8');
  const headers = {
    construction: await seed('construction'),
    search: await seed('search'),
    refinement: await seed('refinement'),
  };
  const names = { name: seedPackageName, packageName: 'seed-index', version: '1.2.3' };
  const index = { ...names, title: 'the seed index', headers, maxDegree: 24 };
  await layOutNative(index, folder);
  await compileNative(index.name, folder, cacheDir, () => {});
  const values = { NAME: names.name, PACKAGE: names.packageName, VERSION: names.version };
  for (const [from, to] of Object.entries(templates)) {
    for (const [path, text] of await filledFolder(join(packageRoot, 'candidates', 'package', from), values)) {
      const target = join(folder, to, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, text);
    }
  }
  const prebuilt = join(folder, 'prebuilds', platform);
  for (const file of (await readdir(prebuilt)).filter((file) => file.endsWith('.so')))
    await cp(join(prebuilt, file), join(folder, 'python', seedPackageName, 'native', file));
  return folder;
}

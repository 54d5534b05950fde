import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageRoot } from '../core/paths.ts';
import { layOutCore, type PackageIndex } from './layout.ts';
import { filledFolder } from './template.ts';

/** An index as something that Node, C and Python can load: sources, and libraries compiled for this platform. */
export interface NativePackage extends PackageIndex {
  /** On npm. */
  readonly packageName: string;
  readonly version: string;
}

const require = createRequire(import.meta.url);
const nodeTemplates = join(packageRoot, 'candidates', 'package', 'node');

/** Writes sources into `folder`: the core's, the addon's and its wrapper's. */
export async function layOutNative(index: NativePackage, folder: string): Promise<void> {
  await layOutCore(index, folder);
  const values = { NAME: index.name, PACKAGE: index.packageName, VERSION: index.version };
  for (const [path, text] of await filledFolder(nodeTemplates, values)) {
    // In a package all C++ lies under src/.
    const target = join(folder, path.replace(/^src\//, 'src/node/'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
}

/**
 * Copies what a package cannot do without into its own node_modules: installed as a link to its folder, npm gives it no dependencies, and
 * installed from its tarball, no registry is asked. Returns their versions.
 */
export async function bundleDependencies(folder: string): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const name of ['node-gyp-build', 'node-addon-api']) {
    const from = dirname(require.resolve(`${name}/package.json`));
    const filter = (path: string) => !path.endsWith('/tools');
    await cp(from, join(folder, 'node_modules', name), { recursive: true, filter });
    const { version } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8')) as { version: string };
    versions[name] = version;
  }
  return versions;
}

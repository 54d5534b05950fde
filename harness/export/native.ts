import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { HarnessError, MachineError } from '../core/errors.ts';
import { packageRoot } from '../core/paths.ts';
import { sha256 } from './evidence.ts';
import { layOutCore, type PackageIndex } from './layout.ts';
import { libraryCommands, libraryFlags, libraryLinkFlags } from './libraries.ts';
import { filledFolder } from './template.ts';

/** An index as something that Node, C and Python can load: sources, and libraries compiled for this platform. */
export interface NativePackage extends PackageIndex {
  /** On npm. */
  readonly packageName: string;
  readonly version: string;
}

/** The folder of prebuilt files, as node-gyp-build names it. */
export const platform = `${process.platform}-${process.arch}`;

const require = createRequire(import.meta.url);
/** The folder of a header-only package's headers, by the name that it gives itself. */
const includeOf = (name: string) => (require(name) as { include_dir: string }).include_dir;
const nodeTemplates = join(packageRoot, 'candidates', 'package', 'node');

/** First line of the compiler's `--version`. @throws MachineError where there is none */
export async function requireCompiler(): Promise<string> {
  const { stdout, exitCode } = await execa('g++', ['--version'], { reject: false });
  if (exitCode === 0 && stdout) return stdout.split('\n')[0]!;
  throw new MachineError('a package is compiled by g++, which does not answer', 'apt-get install -y g++   (as root)');
}

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
 * Compiles what `layOutNative` wrote into `<folder>/prebuilds/<platform>/`. What was compiled before, by content, compiler and flags, is
 * taken from the cache.
 * @throws HarnessError with the compiler's words
 */
export async function compileNative(
  index: NativePackage,
  folder: string,
  cacheDir: string,
  onStep: (done: number, total: number) => void,
): Promise<void> {
  const out = join(folder, 'prebuilds', platform);
  const kept = join(cacheDir, 'packages', await keyOf(index, folder));
  const found = await cp(kept, out, { recursive: true }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
  if (found) return;
  await mkdir(out, { recursive: true });
  const commands = [...libraryCommands({ folder, name: index.name, out }), addonCommand(index, folder, out)];
  let done = 0;
  onStep(done, commands.length);
  await inLanes(commands, async ({ output, command, args }) => {
    const compiled = await execa(command, args, { reject: false });
    if (compiled.exitCode !== 0) {
      const file = output.slice(out.length + 1);
      throw new HarnessError(`${file} does not compile:\n${compiled.stderr ?? compiled.message}`);
    }
    // Names of functions serve nobody here, and are most of the file.
    await execa('strip', ['--strip-unneeded', output], { reject: false });
    done += 1;
    onStep(done, commands.length);
  });
  await keep(out, kept);
}

/** Does all of it, as many at a time as there are cores; ends with the first failure. */
export async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), items.length) }, lane));
}

/** The addon brings the dispatcher along, and finds the libraries beside itself. */
function addonCommand({ name }: NativePackage, folder: string, out: string) {
  const output = join(out, `${name}.node`);
  const headers = [includeOf('node-addon-api'), includeOf('node-api-headers')];
  const args = [
    ...libraryFlags.map((flag) => (flag === '-O3' ? '-O2' : flag)),
    ...(process.arch === 'x64' ? ['-march=x86-64'] : []),
    ...['-DNODE_ADDON_API_CPP_EXCEPTIONS', '-DNAPI_VERSION=8'],
    // Node shows symbols of its own libstdc++, which this one must not be mixed with.
    ...[...libraryLinkFlags, '-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL'],
    ...['-I', join(folder, 'include'), ...headers.flatMap((path) => ['-isystem', path])],
    ...['-o', output, join(folder, 'src', 'node', 'addon.cpp'), join(folder, 'src', 'dispatch.cpp'), '-ldl'],
  ];
  return { output, command: 'g++', args };
}

async function keyOf(index: NativePackage, folder: string): Promise<string> {
  const parts = [await requireCompiler(), platform];
  const commands = [...libraryCommands({ folder, name: index.name, out: '/out' }), addonCommand(index, folder, '/out')];
  for (const { args } of commands) parts.push(args.map((word) => word.replaceAll(folder, '')).join(' '));
  for (const source of ['include', 'src']) {
    const files = await filledFolder(join(folder, source), {});
    for (const path of [...files.keys()].sort()) parts.push(path, files.get(path)!);
  }
  return sha256(JSON.stringify(parts)).slice(0, 32);
}

/** Whole or not at all; another export may do the same meanwhile. */
async function keep(out: string, kept: string): Promise<void> {
  const unfinished = `${kept}.${process.pid}`;
  await mkdir(dirname(kept), { recursive: true });
  await cp(out, unfinished, { recursive: true });
  await rename(unfinished, kept).catch(() => rm(unfinished, { recursive: true, force: true }));
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

import { copyFile, mkdir, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { HarnessError, MachineError } from '../core/errors.ts';
import { sha256 } from './evidence.ts';
import { type LibraryCommand, libraryCommands, libraryFlags, libraryLinkFlags } from './libraries.ts';
import { filledFolder } from './template.ts';

/** The folder of prebuilt files, as node-gyp-build names it. */
export const platform = `${process.platform}-${process.arch}`;

/** First line of the compiler's `--version`. @throws MachineError where there is none */
export async function requireCompiler(): Promise<string> {
  const { stdout, exitCode } = await execa('g++', ['--version'], { reject: false });
  if (exitCode === 0 && stdout) return stdout.split('\n')[0]!;
  throw new MachineError('a package is compiled by g++, which does not answer', 'apt-get install -y g++   (as root)');
}

/**
 * Compiles what `layOutNative` wrote into `<folder>/prebuilds/<platform>/`, as many at a time as there are cores. What was compiled before,
 * by content, compiler and flags, is taken from the cache.
 * @throws HarnessError with the compiler's words
 */
export async function compileNative(
  name: string,
  folder: string,
  cacheDir: string,
  onStep: (done: number, total: number) => void,
): Promise<void> {
  const out = join(folder, 'prebuilds', platform);
  const cache = join(cacheDir, 'packages');
  await mkdir(out, { recursive: true });
  await mkdir(cache, { recursive: true });
  const compiler = await requireCompiler();
  const sources = await sourcesIn(folder);
  const commands = [...libraryCommands({ folder, name, out }), addonCommand(name, folder, out)];
  const waiting = [...commands];
  const lane = async () => {
    for (let command = waiting.shift(); command; command = waiting.shift()) {
      const kept = join(cache, `${keyOf(command, compiler, folder, sources)}.so`);
      if (!(await copied(kept, command.output))) await compile(command, kept);
      onStep(commands.length - waiting.length, commands.length);
    }
  };
  onStep(0, commands.length);
  // All of them end before a failure is told: the folder is removed then.
  const lanes = await Promise.allSettled(Array.from({ length: availableParallelism() }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
}

async function compile({ output, command, args }: LibraryCommand, kept: string): Promise<void> {
  const compiled = await execa(command, args, { reject: false });
  if (compiled.exitCode !== 0)
    throw new HarnessError(`${basename(output)} does not compile:\n${compiled.stderr ?? compiled.message}`);
  // Names of functions serve nobody here, and are most of the file.
  await execa('strip', ['--strip-unneeded', output], { reject: false });
  // Whole or not at all; another export may do the same meanwhile.
  const unfinished = `${kept}.${process.pid}`;
  await copyFile(output, unfinished);
  await rename(unfinished, kept);
}

async function copied(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** The folder of a header-only package's headers, by the name that it gives itself. */
const includeOf = (name: string) => (createRequire(import.meta.url)(name) as { include_dir: string }).include_dir;

/** The addon brings the dispatcher along, and finds the libraries beside itself. */
function addonCommand(name: string, folder: string, out: string): LibraryCommand {
  const output = join(out, `${name}.node`);
  const headers = [includeOf('node-addon-api'), includeOf('node-api-headers')];
  const args = [
    ...libraryFlags.map((flag) => (flag === '-O3' ? '-O2' : flag)),
    ...(process.arch === 'x64' ? ['-march=x86-64'] : []),
    ...['-DNODE_ADDON_API_CPP_EXCEPTIONS', '-DNODE_ADDON_API_CPP_EXCEPTIONS_ALL', '-DNAPI_VERSION=8'],
    // Where a worker thread is ending, what can be thrown to nobody is dropped, and does not end the process.
    '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
    // Node shows symbols of its own libstdc++, which this one must not be mixed with.
    ...[...libraryLinkFlags, '-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL'],
    ...['-I', join(folder, 'include'), ...headers.flatMap((path) => ['-isystem', path])],
    ...['-o', output, join(folder, 'src', 'node', 'addon.cpp'), join(folder, 'src', 'dispatch.cpp'), '-ldl'],
  ];
  return { output, command: 'g++', args };
}

/** Every C++ source of the folder by its path. */
async function sourcesIn(folder: string): Promise<Map<string, string>> {
  const parts = await Promise.all(
    ['include', 'src'].map(async (part) => [part, await filledFolder(join(folder, part), {})] as const),
  );
  return new Map(parts.flatMap(([part, files]) => [...files].map(([path, text]) => [join(part, path), text] as const)));
}

function keyOf({ args }: LibraryCommand, compiler: string, folder: string, sources: Map<string, string>): string {
  const command = args.map((word) => word.replaceAll(folder, ''));
  const isAddon = command.some((word) => word.endsWith('addon.cpp'));
  const read = [...sources].filter(([path]) => isAddon || dirname(path) !== join('src', 'node')).sort();
  return sha256(JSON.stringify([compiler, platform, command, read]));
}

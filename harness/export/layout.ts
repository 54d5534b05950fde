import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../core/errors.ts';
import { packageRoot } from '../core/paths.ts';
import type { Slot, Target } from '../core/target.ts';

/** Targets that can be packed, and the slots whose headers a package holds: of what is trained, those that answer. */
export const packedSlots = {
  graph: ['construction', 'search', 'refinement'],
  'neural-lsh': ['probing'],
  'cluster-routing': ['stop-rule'],
} as const satisfies Partial<Record<Target, readonly Slot[]>>;

export type PackageTarget = keyof typeof packedSlots;

export function isPackageTarget(target: Target): target is PackageTarget {
  return target in packedSlots;
}

/** The index that a package is of. */
export interface PackageIndex {
  /** C++ namespace and file name: see `requirePackageName`. */
  readonly name: string;
  /** As people are told: name and version. At most 95 bytes. */
  readonly title: string;
  /** A graph's, where absent. */
  readonly target?: PackageTarget;
  /** Texts of the slots that answer, by slot; of a graph the one that builds too. */
  readonly headers: Readonly<Record<string, string>>;
  /** Links a node of a graph may have where the caller sets no bound: the campaign's. */
  readonly maxDegree: number;
}

/** Words that C++, the contract or the C ABI already mean something by. */
const taken = new Set(
  (
    'annvil candidate std core index int long short char float double bool void auto class struct union enum namespace template typename ' +
    'using public private protected virtual operator new delete this true false if else for while do switch case default break ' +
    'continue return goto try catch throw const constexpr static extern inline register volatile mutable friend explicit export ' +
    'signed unsigned sizeof and or not xor main linux unix concept requires asm typedef'
  ).split(' '),
);

/** @throws UsageError where `name` cannot name a C++ namespace, a C header and a library alike */
export function requirePackageName(name: string): void {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(name) && !taken.has(name)) return;
  throw new UsageError(
    `a package cannot be named "${name}": take letters a to z, digits and _, beginning with a letter, that are no word of C++ (fast_index, say)`,
  );
}

/** SHA-256 of the index code: a file made by one package is refused by another's. */
export function packageHash({ headers, target = 'graph' }: Pick<PackageIndex, 'headers' | 'target'>): string {
  const hash = createHash('sha256');
  if (target !== 'graph') hash.update(target).update('\0');
  for (const slot of packedSlots[target]) hash.update(headers[slot]!).update('\0');
  return hash.digest('hex');
}

/**
 * Writes the package's C++ into `folder`: `include/NAME/` (header-only: `index.hpp` and what it needs), `include/NAME.h` (the C ABI) and
 * `src/` (`c_abi.cpp`, compiled once a level; `dispatch.cpp`; `level.h`, `exports.map`).
 *
 * Contract and candidate are copied with their namespaces moved into the package's own (`annvil` becomes `NAME::annvil`, `candidate`
 * `NAME::candidate`, `<annvil/x.hpp>` `<NAME/annvil/x.hpp>`), so that a program can hold several packages. Within them names are found
 * as before, since they are looked up from the inside out.
 * @throws UsageError for a name that cannot be
 */
export async function layOutCore(index: PackageIndex, folder: string): Promise<void> {
  requirePackageName(index.name);
  for (const [path, text] of await coreFiles(index)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
  }
}

/** The files that `layOutCore` writes, by path. */
async function coreFiles(index: PackageIndex): Promise<Map<string, string>> {
  const { name, headers, target = 'graph' } = index;
  const candidates = join(packageRoot, 'candidates');
  const files = new Map<string, string>();
  const add = async (from: string, to: string) =>
    files.set(to, inPackage(await readFile(join(candidates, from), 'utf8'), index));
  const include = `include/${name}`;
  for (const header of await headersIn(join(candidates, 'contract'))) {
    await add(`contract/${header}`, `${include}/annvil/${header}`);
  }
  const graph = target === 'graph';
  if (!graph) {
    for (const header of ['learned/network.hpp', ...packedSlots[target].map((slot) => `${target}/${slot}.hpp`)])
      await add(`contract/${header}`, `${include}/annvil/${header}`);
  }
  for (const header of graph ? ['graph_image.hpp', 'node_order.hpp'] : [])
    await add(`player/${header}`, `${include}/core/${header}`);
  // After the contract: parallel.hpp stands in for the contract's.
  for (const part of ['', 'annvil/', 'core/']) {
    for (const header of await headersIn(join(candidates, 'package/index', part))) {
      if (graph || !graphOnly.has(header)) await add(`package/index/${part}${header}`, `${include}/${part}${header}`);
    }
  }
  // A trained index' own engine stands in for the graph's.
  for (const part of graph ? [] : ['learned/core', `learned/${target}`]) {
    for (const header of await headersIn(join(candidates, 'package', part))) {
      if (header !== 'read_trained.hpp') await add(`package/${part}/${header}`, `${include}/core/${header}`);
    }
  }
  for (const [slot, text] of Object.entries(headers)) {
    files.set(`${include}/candidate/${slot}.hpp`, inPackage(text, index));
  }
  await add('package/c/index.h', `include/${name}.h`);
  for (const file of ['c_abi.cpp', 'dispatch.cpp', 'level.h', 'exports.map'])
    await add(`package/c/${file}`, `src/${file}`);
  return files;
}

/** Parts of the core that only a graph has a use for. */
const graphOnly: ReadonlySet<string> = new Set(['make.hpp', 'mapping.hpp']);

async function headersIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((file) => file.endsWith('.hpp')).sort();
}

/** A template or a header with the package's names in place of ours. */
export function inPackage(text: string, index: PackageIndex): string {
  const { name, title, maxDegree, target = 'graph' } = index;
  return text
    .replace(/(#\s*include\s*<)(annvil|candidate)\//g, `$1${name}/$2/`)
    .replace(/\bnamespace\s+(annvil|candidate)\b/g, `namespace ${name}::$1`)
    .replace(/(?<![\w>:])::\s*(annvil|candidate)\b(?=\s*::)/g, `::${name}::$1`)
    .replaceAll('PACKAGE_NAME', name)
    .replaceAll('PACKAGE_TITLE', title)
    .replaceAll('PACKAGE_TARGET', target)
    .replaceAll('PACKAGE_STRUCTURE', target === 'graph' ? '"graph"' : '"model"')
    .replaceAll('PACKAGE_HASH', packageHash(index))
    .replaceAll('PACKAGE_DEGREE', String(maxDegree));
}

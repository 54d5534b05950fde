import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../../core/paths.ts';

const execute = promisify(execFile);
const warnings = ['-Wall', '-Wextra', '-Werror'];

/** Several headers of one slot as one text: each in a namespace of its own, their includes in front. */
export function together(headers: readonly string[], prefix: string): string {
  const names = new Set(headers.flatMap((header) => header.match(/^#include .*$/gm) ?? []));
  const bodies = headers.map(
    (header, i) =>
      `namespace ${prefix}${i} {\n${header.replace(/^#(include|pragma) .*$/gm, '')}}  // namespace ${prefix}${i}\n`,
  );
  return `${[...names].sort().join('\n')}\n${bodies.join('\n')}`;
}

/** Runs `use` with a folder in which <annvil/...> is the contract, and removes it. */
async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-grammar-'));
  try {
    await mkdir(join(folder, 'include'));
    await symlink(join(packageRoot, 'candidates/contract'), join(folder, 'include/annvil'));
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Compiles without generating code; `libraries`: flags that bring the headers of some. @throws the compiler's diagnostics */
export async function checkSyntax(source: string, march = 'native', libraries: readonly string[] = []): Promise<void> {
  await withFolder(async (folder) => {
    await writeFile(join(folder, 'all.cpp'), source);
    const flags = ['-std=c++20', `-march=${march}`, '-fsyntax-only', ...warnings, '-I', join(folder, 'include')];
    // g++ 12 warns of LibTorch's own templates where a candidate uses them.
    const quiet = libraries.length > 0 ? ['-Wno-uninitialized', '-Wno-maybe-uninitialized'] : [];
    await execute('g++', [...flags, ...quiet, ...libraries, join(folder, 'all.cpp')], { maxBuffer: 2 ** 24 });
  });
}

/** Compiles with sanitizers and runs. Returns what it printed. @throws diagnostics, or the sanitizer's report */
export async function runSanitized(source: string, libraries: readonly string[] = []): Promise<string> {
  return withFolder(async (folder) => {
    await writeFile(join(folder, 'all.cpp'), source);
    const flags = ['-std=c++20', '-O1', '-march=native', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    // g++ 12 takes its own AVX-512 headers to read uninitialised values (GCC bug 105593).
    const quiet = [
      '-Wno-uninitialized',
      '-Wno-maybe-uninitialized',
      '-I',
      join(folder, 'include'),
      '-I',
      import.meta.dirname,
    ];
    const program = ['-o', join(folder, 'all'), join(folder, 'all.cpp'), ...libraries];
    await execute('g++', [...flags, ...warnings, ...quiet, ...program], { maxBuffer: 2 ** 24 });
    return (await execute(join(folder, 'all'), [])).stdout;
  });
}

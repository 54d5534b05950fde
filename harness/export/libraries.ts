import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { HarnessError } from '../core/errors.ts';

/** An instruction set that the C ABI is compiled for. */
export interface Level {
  readonly name: 'baseline' | 'avx2' | 'avx512';
  /** For the compiler; candidates/package/c/dispatch.cpp has the same in the processor's words. */
  readonly flags: readonly string[];
  /** The newest that it takes, as the kernel lists a processor's instruction sets; empty: nothing. */
  readonly cpuFlag: string;
}

/** The levels of an architecture, as Node names it; elsewhere the compiler's own baseline alone. */
export function levelsOf(arch: string): readonly Level[] {
  if (arch !== 'x64') return [{ name: 'baseline', flags: [], cpuFlag: '' }];
  return [
    { name: 'baseline', flags: ['-march=x86-64'], cpuFlag: '' },
    { name: 'avx2', flags: ['-march=x86-64-v3'], cpuFlag: 'avx2' },
    { name: 'avx512', flags: ['-march=x86-64-v4', '-mavx512vnni'], cpuFlag: 'avx512_vnni' },
  ];
}

/** As candidates are compiled, but for the instruction set. CMakeLists.txt and binding.gyp of a package say the same. */
export const libraryFlags = ['-std=c++20', '-O3', '-DNDEBUG', '-fPIC', '-fvisibility=hidden', '-pthread'] as const;

/** For the linker: nothing of libstdc++ is needed where the library runs, and nothing of it shown. */
export const libraryLinkFlags = ['-shared', '-static-libstdc++', '-static-libgcc', '-Wl,-z,relro,-z,now'] as const;

export interface LibraryPlan {
  /** A folder that `layOutCore` wrote. */
  readonly folder: string;
  readonly name: string;
  /** Where the libraries go. */
  readonly out: string;
  readonly compiler?: string;
  /** As Node names it; another than this machine's needs its compiler. */
  readonly arch?: string;
}

export interface LibraryCommand {
  readonly output: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** How to compile a level's library each, `NAME-LEVEL.so`, and the dispatcher, `libNAME.so`, which finds them beside itself. */
export function libraryCommands({
  folder,
  name,
  out,
  compiler = 'g++',
  arch = process.arch,
}: LibraryPlan): LibraryCommand[] {
  const include = ['-I', join(folder, 'include')];
  const exportsMap = `-Wl,--version-script=${join(folder, 'src', 'exports.map')}`;
  const levels = levelsOf(arch).map((level) => {
    const output = join(out, `${name}-${level.name}.so`);
    const own = [`-DANNVIL_LEVEL_NAME="${level.name}"`, exportsMap];
    const source = join(folder, 'src', 'c_abi.cpp');
    const args = [...libraryFlags, ...level.flags, ...own, ...libraryLinkFlags, ...include, '-o', output, source];
    return { output, command: compiler, args };
  });
  const output = join(out, `lib${name}.so`);
  const plain = levelsOf(arch)[0]!.flags;
  const source = join(folder, 'src', 'dispatch.cpp');
  const own = [...plain, exportsMap, '-Wl,-Bsymbolic', `-Wl,-soname,lib${name}.so`];
  const args = [...libraryFlags, ...own, ...libraryLinkFlags, ...include, '-o', output, source, '-ldl'];
  return [...levels, { output, command: compiler, args }];
}

/** Compiles them, one after another; returns their paths. @throws HarnessError with the compiler's words */
export async function compileLibraries(plan: LibraryPlan): Promise<string[]> {
  await mkdir(plan.out, { recursive: true });
  const commands = libraryCommands(plan);
  for (const { output, command, args } of commands) {
    const compiled = await execa(command, args, { reject: false });
    if (compiled.exitCode !== 0) {
      throw new HarnessError(`${output} does not compile:\n${compiled.stderr ?? compiled.message}`);
    }
  }
  return commands.map(({ output }) => output);
}

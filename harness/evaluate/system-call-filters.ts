import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { HarnessError } from '../core/errors.ts';
import { gpuFilter } from './gpu-filter.ts';
import { ownProgram, type Toolchain } from './toolchain.ts';

const whom = ['compiler', 'builder', 'searcher'] as const;

/** For each kind of sandboxed process, the file with the filter that `bwrap --seccomp` puts on it; `gpu` is for trainings on one. */
export type SystemCallFilters = Readonly<Record<(typeof whom)[number] | 'gpu', string>>;

/**
 * The filters, from the cache where they were written before. @throws MachineError where libseccomp is missing: a candidate's
 * code is not run without a filter
 */
export async function systemCallFilters(cacheDir: string, toolchain: Toolchain): Promise<SystemCallFilters> {
  const program = await ownProgram('filters', cacheDir, toolchain);
  const written = await Promise.all(
    whom.map(async (name) => {
      const path = `${program}.${name}`;
      if (existsSync(path)) return [name, path] as const;
      const made = await execa(program, [name], { encoding: 'buffer', reject: false });
      if (made.exitCode !== 0) {
        throw new HarnessError(`no system-call filter for the ${name}: ${Buffer.from(made.stderr ?? []).toString()}`);
      }
      await write(path, made.stdout);
      return [name, path] as const;
    }),
  );
  const filters = Object.fromEntries(written) as Record<(typeof whom)[number], string>;
  const gpu = `${program}.gpu`;
  await write(gpu, gpuFilter(await readFile(filters.compiler)));
  return { ...filters, gpu };
}

async function write(path: string, filter: Uint8Array): Promise<void> {
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, filter);
  await rename(unfinished, path);
}

import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { HarnessError } from '../core/errors.ts';
import { ownProgram, type Toolchain } from './toolchain.ts';

const whom = ['compiler', 'builder', 'searcher'] as const;

/** For each kind of sandboxed process, the file with the filter that `bwrap --seccomp` puts on it. */
export type SystemCallFilters = Readonly<Record<(typeof whom)[number], string>>;

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
      const unfinished = `${path}.${process.pid}`;
      await writeFile(unfinished, made.stdout);
      await rename(unfinished, path);
      return [name, path] as const;
    }),
  );
  return Object.fromEntries(written) as SystemCallFilters;
}

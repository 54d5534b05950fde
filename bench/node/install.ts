import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { MachineError } from '../../harness/core/errors.ts';

/** What is installed for the benchmark alone, as npm delivers it. */
export const peers = { 'hnswlib-node': '3.0.0', usearch: '2.26.2' } as const;

/** Installs packages (`name@version`, or a folder) into an empty project in `folder`. @throws MachineError where npm cannot */
export async function install(folder: string, packages: readonly string[], environment: Record<string, string> = {}) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "name": "annvil-bench-node", "private": true }\n');
  // --install-links packs a folder as a tarball would be, so its own dependencies come too.
  const command = ['install', '--install-links', '--no-audit', '--no-fund', ...packages];
  const { failed, stderr } = await execa('npm', command, { cwd: folder, env: environment, reject: false });
  if (failed)
    throw new MachineError(
      `npm ${command.join(' ')} failed: ${stderr}`,
      'see that npm reaches its registry, and that g++ and make are there',
    );
}

/** The name a package's folder gives itself. */
export async function packageName(folder: string): Promise<{ name: string; version: string }> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
}

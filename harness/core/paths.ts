import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's own root: where candidates/ and seeds/ lie, whether the code runs from source or from dist/. */
export const packageRoot = findUp(dirname(fileURLToPath(import.meta.url)));

/** Where datasets, ground truth, graphs and binaries are kept, by what an environment says. */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const { ANNVIL_CACHE, XDG_CACHE_HOME } = environment;
  return resolve(ANNVIL_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'annvil'));
}

function findUp(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'candidates', 'contract'))) return folder;
    if (folder === dirname(folder)) throw new Error(`Annvil's candidates/contract is in no folder above ${start}`);
  }
}

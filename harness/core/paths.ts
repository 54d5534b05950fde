import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's own root: where candidates/ and seeds/ lie, whether the code runs from source or from dist/. */
export const packageRoot = findUp(dirname(fileURLToPath(import.meta.url)));

function findUp(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'candidates', 'contract'))) return folder;
    if (folder === dirname(folder)) throw new Error(`Annvil's candidates/contract is in no folder above ${start}`);
  }
}

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../harness/core/errors.ts';
import { builtInSource } from './built-in.ts';
import { catalogueEntry } from './catalogue/index.ts';
import { libraryFolder, readManifest, removeFromLibrary } from './library.ts';
import { librarySource } from './library-source.ts';
import { preparedFolder } from './prepared.ts';
import { forget, indexPath } from './prepared-index.ts';

/**
 * Frees what a dataset takes in the cache: its files, its unfinished download, and its prepared form where no other dataset has the same
 * vectors. What an import left where it was, and npm packages of our own, stay.
 * @returns bytes freed
 * @throws UsageError where there is nothing of that name
 */
export async function removeDataset(cacheDir: string, name: string): Promise<number> {
  const builtIn = builtInSource(name);
  const manifest = await readManifest(cacheDir, name);
  const folder = libraryFolder(cacheDir, name);
  const unfinished = catalogueEntry(name) !== undefined && (await stat(folder).catch(() => undefined)) !== undefined;
  if (!builtIn && !manifest && !unfinished) {
    throw new UsageError(`there is no dataset ${name} to remove; \`annvil datasets list\` shows what is here`);
  }
  const source = builtIn ?? (manifest && librarySource(cacheDir, manifest));
  let freed = builtIn ? 0 : await bytesIn(folder);
  const hash = source && (await forget(indexPath(cacheDir), source));
  if (hash) {
    const prepared = join(preparedFolder(cacheDir), hash);
    freed += await bytesIn(prepared);
    await rm(prepared, { recursive: true, force: true });
  }
  if (!builtIn) await removeFromLibrary(cacheDir, name);
  return freed;
}

/** Bytes of all files in a folder; 0 where there is none. */
export async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return bytesIn(path);
      return (await stat(path).catch(() => undefined))?.size ?? 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

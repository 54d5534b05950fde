import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError, MachineError, UsageError } from '../harness/core/errors.ts';
import { builtInSource } from './built-in.ts';
import { asDiskError } from './disk.ts';
import { libraryFolder, libraryFolders, lockLibraryFolder, readManifest, removeFromLibrary } from './library.ts';
import { librarySource } from './library-source.ts';
import { preparedFolder } from './prepared.ts';
import { forget, indexPath, ownHash } from './prepared-index.ts';
import type { DatasetSource } from './source.ts';

/**
 * Frees what a dataset takes in the cache: its files, whole or not, and its prepared form where no other dataset has the same vectors.
 * What an import left where it was, and npm packages of our own, stay.
 * @returns bytes freed
 * @throws UsageError where there is nothing of that name, or a living process works on it; MachineError where it may not be removed
 */
export async function removeDataset(cacheDir: string, name: string): Promise<number> {
  const builtIn = builtInSource(name);
  if (builtIn) return free(cacheDir, builtIn, undefined);
  if (!(await libraryFolders(cacheDir)).includes(name)) {
    throw new UsageError(`there is no dataset ${name} to remove; \`annvil datasets list\` shows what is here`);
  }
  const lock = await lockLibraryFolder(cacheDir, name).catch((error) => {
    // A full disk has no room for a lock, and is what people remove datasets for.
    if (!(error instanceof MachineError)) throw error;
  });
  try {
    const manifest = await readManifest(cacheDir, name).catch((error) => {
      // What is damaged can be removed; only where its prepared form lies, nobody knows any more.
      if (!(error instanceof HarnessError)) throw error;
      return undefined;
    });
    return await free(cacheDir, manifest && librarySource(cacheDir, manifest), name);
  } catch (error) {
    throw asDiskError(error, libraryFolder(cacheDir, name));
  } finally {
    await lock?.release();
  }
}

/** Removes the prepared form and, by its name, what the library has. The index, to be written anew, is last: by then there is room. */
async function free(cacheDir: string, source: DatasetSource | undefined, name: string | undefined): Promise<number> {
  const hash = source && (await ownHash(indexPath(cacheDir), source));
  const prepared = hash && join(preparedFolder(cacheDir), hash);
  const freed =
    (prepared ? await bytesIn(prepared) : 0) + (name === undefined ? 0 : await bytesIn(libraryFolder(cacheDir, name)));
  if (prepared) await rm(prepared, { recursive: true, force: true });
  if (name !== undefined) await removeFromLibrary(cacheDir, name);
  if (source) await forget(indexPath(cacheDir), source);
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

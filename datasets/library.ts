import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../harness/core/errors.ts';
import { type Lock, takeLock } from '../harness/core/lock.ts';
import { asDiskError, makeFolder, writeWhole } from './disk.ts';
import { metricNames } from './metric-name.ts';

/*
 * Datasets that were fetched or imported: `<cacheDir>/sources/<name>/`, which holds their files and `source.json`. That file is
 * written last, so what has none is not there. What is being fetched lies in `arriving/`, beside what an earlier fetch brought.
 */
const manifestName = 'source.json';
const arrivingName = 'arriving';

const rows = z.array(z.number().int().nonnegative());

/** What came of checking a file's own neighbours against ours on a sample of queries. */
const truthCheck = z.object({
  queries: z.number().int(),
  k: z.number().int(),
  /** Queries whose neighbours are as near as ours, all of them. */
  agreeing: z.number().int(),
  /** The query that is worst off, and by how much its farthest neighbour is farther: a ratio of distances. */
  worst: z.object({ query: z.number().int(), excess: z.number() }).nullable(),
});
export type TruthCheck = z.infer<typeof truthCheck>;

const manifest = z.object({
  name: z.string(),
  metric: z.enum(metricNames),
  how: z.enum(['fetched', 'imported']),
  /** Where it came from: URLs, an npm package or a path. */
  from: z.array(z.string()),
  /** Paths, relative to the folder; an absolute one where an import left the file where it was. */
  base: z.string(),
  queries: z.string().optional(),
  truth: z.string().optional(),
  /** Rows of the base that are its queries instead, drawn by `seed`. */
  holdOut: z.object({ count: z.number().int().positive(), seed: z.number().int() }).optional(),
  /** Rows left out of each file under angular: all zeros, which have no direction. */
  leaveOut: z.object({ base: rows, queries: rows }).optional(),
  truthCheck: truthCheck.optional(),
});
export type Manifest = z.infer<typeof manifest>;

export function libraryFolder(cacheDir: string, name: string): string {
  return join(cacheDir, 'sources', name);
}

/** @throws HarnessError where the manifest is there and damaged */
export async function readManifest(cacheDir: string, name: string): Promise<Manifest | undefined> {
  if (!isName(name)) return undefined;
  const path = join(libraryFolder(cacheDir, name), manifestName);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new HarnessError(`${path} is damaged; \`annvil datasets rm ${name}\` and fetch or import it again`, {
      cause,
    });
  }
}

export async function writeManifest(cacheDir: string, value: Manifest): Promise<void> {
  const path = join(libraryFolder(cacheDir, value.name), manifestName);
  await writeWhole(path, (file) => file.writeFile(`${JSON.stringify(value, null, 2)}\n`));
}

/** Names of what was fetched or imported. */
export async function libraryNames(cacheDir: string): Promise<string[]> {
  const whole = await Promise.all(
    (await libraryFolders(cacheDir)).map(async (name) => {
      const manifest = await stat(join(libraryFolder(cacheDir, name), manifestName)).catch(() => undefined);
      return manifest ? [name] : [];
    }),
  );
  return whole.flat();
}

/** The same, and names of what is there in part: begun, or left by a process that was killed. */
export async function libraryFolders(cacheDir: string): Promise<string[]> {
  const entries = await readdir(join(cacheDir, 'sources'), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && isName(entry.name))
    .map(({ name }) => name)
    .sort();
}

/**
 * Makes the folder of a dataset where there is none, and takes it for this process.
 * @throws UsageError where a living process has it; MachineError where the disk is full, or writing is not allowed
 */
export async function lockLibraryFolder(cacheDir: string, name: string): Promise<Lock> {
  const folder = await makeFolder(libraryFolder(cacheDir, name));
  return takeLock(
    folder,
    (pid) => `process ${pid} is fetching, importing or removing ${name}; wait for it or stop it (kill -INT ${pid})`,
  ).catch((error) => {
    throw asDiskError(error, folder);
  });
}

/** Where the files of a dataset arrive, until they are shown to be what they should be. */
export async function makeArrivals(cacheDir: string, name: string): Promise<string> {
  return makeFolder(join(libraryFolder(cacheDir, name), arrivingName));
}

/** Puts the files that arrived in the place of those that a dataset had. */
export async function settleArrivals(cacheDir: string, value: Manifest): Promise<void> {
  const arrivals = join(libraryFolder(cacheDir, value.name), arrivingName);
  await emptyLibraryFolder(cacheDir, value.name);
  for (const file of [value.base, value.queries, value.truth]) {
    if (file !== undefined) await rename(join(arrivals, file), libraryPath(cacheDir, value, file));
  }
  await writeManifest(cacheDir, value);
  await rm(arrivals, { recursive: true, force: true });
}

export async function removeFromLibrary(cacheDir: string, name: string): Promise<void> {
  await emptyLibraryFolder(cacheDir, name);
  await rm(libraryFolder(cacheDir, name), { recursive: true, force: true });
}

/**
 * All but the lock of whoever works on it, and what is being fetched. The manifest goes first: what is removed in part is not there.
 */
export async function emptyLibraryFolder(cacheDir: string, name: string): Promise<void> {
  const folder = libraryFolder(cacheDir, name);
  await rm(join(folder, manifestName), { recursive: true, force: true });
  for (const file of await readdir(folder).catch(() => [] as string[])) {
    if (file !== 'lock' && file !== arrivingName) await rm(join(folder, file), { recursive: true, force: true });
  }
}

/** A file of the dataset, wherever it lies. */
export function libraryPath(cacheDir: string, { name }: Manifest, file: string): string {
  return resolve(libraryFolder(cacheDir, name), file);
}

/** What a dataset may be called: a word that is no path and hides no file. */
export function isName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name);
}

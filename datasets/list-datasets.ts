import { dirname } from 'node:path';
import { HarnessError } from '../harness/core/errors.ts';
import { builtInNames, builtInSource } from './built-in.ts';
import { catalogue, catalogueEntry } from './catalogue/index.ts';
import { libraryFolder, libraryFolders, readManifest } from './library.ts';
import { librarySource } from './library-source.ts';
import { type MetricName, nameOfMetric } from './metric-name.ts';
import { preparedFolder } from './prepared.ts';
import { indexPath, recall } from './prepared-index.ts';
import { bytesIn } from './remove-dataset.ts';
import type { DatasetSource } from './source.ts';

export interface ListedDataset {
  readonly name: string;
  /**
   * `built-in` comes with Annvil; `begun` is a download that was interrupted, `unfinished` an import that is under way or was killed;
   * of a `damaged` one it cannot be read what it is: it can be removed.
   */
  readonly state: 'built-in' | 'here' | 'begun' | 'unfinished' | 'damaged' | 'to fetch';
  /** Null where nobody knows. */
  readonly metric: MetricName | null;
  /** Null where the dataset is here and was never prepared, so that nobody has counted. */
  readonly shape: { readonly count: number; readonly dimension: number; readonly queries: number } | null;
  /** On disk, prepared form included; of one to fetch, what the download takes, more or less. */
  readonly bytes: number;
  /** The catalogue's family, or `imported`. */
  readonly from: string;
}

/** Everything that a name is enough for: built in, imported or fetched, and to fetch. */
export async function listDatasets(cacheDir: string): Promise<ListedDataset[]> {
  const builtIn = builtInNames.map((name) => listed(cacheDir, builtInSource(name)!, 'built-in', 'npm'));
  const folders = await libraryFolders(cacheDir);
  const here = (await Promise.all(folders.map((name) => inLibrary(cacheDir, name)))).filter((one) => one !== undefined);
  const rest = catalogue
    .filter(({ name }) => !here.some((one) => one.name === name))
    .map(async (entry): Promise<ListedDataset> => {
      const { name, metric, count, dimension, queryCount, bytes, family } = entry;
      const shape = { count, dimension, queries: queryCount };
      const begun = await bytesIn(libraryFolder(cacheDir, name));
      return { name, state: begun > 0 ? 'begun' : 'to fetch', metric, shape, bytes, from: family };
    });
  return Promise.all([...builtIn, ...here, ...rest]);
}

/** Undefined for a download that was begun. */
async function inLibrary(cacheDir: string, name: string): Promise<ListedDataset | undefined> {
  const entry = catalogueEntry(name);
  const from = entry?.family ?? 'imported';
  const manifest = await readManifest(cacheDir, name).catch((error) => {
    if (error instanceof HarnessError) return 'damaged' as const;
    throw error;
  });
  if (manifest === undefined && entry) return undefined;
  if (manifest !== undefined && manifest !== 'damaged') {
    return listed(cacheDir, librarySource(cacheDir, manifest), 'here', from);
  }
  const bytes = await bytesIn(libraryFolder(cacheDir, name));
  return { name, state: manifest ?? 'unfinished', metric: entry?.metric ?? null, shape: null, bytes, from };
}

async function listed(
  cacheDir: string,
  source: DatasetSource,
  state: ListedDataset['state'],
  from: string,
): Promise<ListedDataset> {
  const prepared = await recall(indexPath(cacheDir), source);
  const own = state === 'built-in' ? dirname(source.files[0]!) : libraryFolder(cacheDir, source.name);
  const bytes = (await bytesIn(own)) + (prepared ? await bytesIn(`${preparedFolder(cacheDir)}/${prepared.hash}`) : 0);
  const shape = prepared && { count: prepared.count, dimension: prepared.dimension, queries: prepared.queryCount };
  return { name: source.name, state, metric: nameOfMetric(source.metric), shape: shape ?? null, bytes, from };
}

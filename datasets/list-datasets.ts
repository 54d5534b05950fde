import { dirname } from 'node:path';
import { builtInNames, builtInSource } from './built-in.ts';
import { catalogue, catalogueEntry } from './catalogue/index.ts';
import { libraryFolder, libraryNames, readManifest } from './library.ts';
import { librarySource } from './library-source.ts';
import { type MetricName, nameOfMetric } from './metric-name.ts';
import { preparedFolder } from './prepared.ts';
import { indexPath, recall } from './prepared-index.ts';
import { bytesIn } from './remove-dataset.ts';
import type { DatasetSource } from './source.ts';

export interface ListedDataset {
  readonly name: string;
  /** `built-in` comes with Annvil; `begun` is a download that was interrupted. */
  readonly state: 'built-in' | 'here' | 'begun' | 'to fetch';
  readonly metric: MetricName;
  /** Null where the dataset is here and was never prepared, so that nobody has counted. */
  readonly shape: { readonly count: number; readonly dimension: number; readonly queries: number } | null;
  /** On disk, prepared form included; of one to fetch, what the download takes, more or less. */
  readonly bytes: number;
  /** The catalogue's family, or `imported`. */
  readonly from: string;
}

/** Everything that a name is enough for: built in, imported or fetched, and to fetch. */
export async function listDatasets(cacheDir: string): Promise<ListedDataset[]> {
  const names = await libraryNames(cacheDir);
  const builtIn = builtInNames.map((name) => listed(cacheDir, builtInSource(name)!, 'built-in', 'npm'));
  const here = names.map(async (name) => {
    const manifest = (await readManifest(cacheDir, name))!;
    return listed(cacheDir, librarySource(cacheDir, manifest), 'here', catalogueEntry(name)?.family ?? 'imported');
  });
  const rest = catalogue
    .filter(({ name }) => !names.includes(name))
    .map(async (entry): Promise<ListedDataset> => {
      const { name, metric, count, dimension, queryCount, bytes, family } = entry;
      const shape = { count, dimension, queries: queryCount };
      const begun = await bytesIn(libraryFolder(cacheDir, name));
      return { name, state: begun > 0 ? 'begun' : 'to fetch', metric, shape, bytes, from: family };
    });
  return Promise.all([...builtIn, ...here, ...rest]);
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

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, parse, resolve } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { MachineError, UsageError } from '../harness/core/errors.ts';
import { builtInNames, builtInSource } from './built-in.ts';
import { catalogue, catalogueEntry } from './catalogue/index.ts';
import { formatNames, openVectors } from './formats/index.ts';
import { hdf5Formats, isHdf5, openHdf5 } from './hdf5.ts';
import { libraryNames, readManifest } from './library.ts';
import { librarySource } from './library-source.ts';
import { type MetricName, metricOf } from './metric-name.ts';
import { type DatasetSource, openBoth } from './source.ts';

/** How people name a dataset. A name fixes queries and metric; a path needs queries, and is euclidean unless said. */
export interface DatasetSelector {
  readonly dataset: string;
  readonly queries?: string;
  readonly metric?: MetricName;
}

/**
 * @param cacheDir where fetched and imported datasets lie
 * @throws UsageError naming what is wrong with the selection; MachineError with the command that fetches what is not here yet
 */
export async function findDataset(selector: DatasetSelector, cacheDir: string): Promise<DatasetSource> {
  const { dataset, queries, metric } = selector;
  const named = await namedSource(dataset, cacheDir);
  if (named) {
    requireOwn(named, selector);
    return named;
  }
  if (await isFolder(dataset)) return sourceIn(dataset, queries, metric);
  if (!(await isFile(dataset))) throw await unknown(dataset, cacheDir);
  if (isHdf5(dataset)) return hdf5Source(selector);
  if (queries === undefined) {
    throw new UsageError(`${dataset} is a file of base vectors, and comes without queries; pass --queries <file>`);
  }
  const basePath = resolve(dataset);
  // The folder says more than the file, which is so often called base.
  return filesSource(join(basename(dirname(basePath)), basename(basePath)), metric, basePath, resolve(queries));
}

/** What a name stands for: data of our own npm packages, or what was fetched or imported. */
async function namedSource(name: string, cacheDir: string): Promise<DatasetSource | undefined> {
  const builtIn = builtInSource(name);
  if (builtIn) return builtIn;
  const manifest = await readManifest(cacheDir, name);
  if (manifest) return librarySource(cacheDir, manifest);
  const entry = catalogueEntry(name);
  if (!entry) return undefined;
  throw new MachineError(
    `dataset ${name} is not here yet (about ${Math.ceil(entry.bytes / 1e6).toLocaleString('en')} MB to fetch)`,
    `annvil datasets fetch ${name}`,
  );
}

function requireOwn({ name, metric: own }: DatasetSource, { queries, metric }: DatasetSelector): void {
  if (queries !== undefined) {
    throw new UsageError(
      `${name} has queries of its own; leave out --queries ${queries}, or pass the path of a base file`,
    );
  }
  if (metric !== undefined && metricOf[metric] !== own) {
    throw new UsageError(
      `${name} is no ${metric} dataset; leave out --metric ${metric}, or pass the path of a base file`,
    );
  }
}

async function unknown(dataset: string, cacheDir: string): Promise<UsageError> {
  const names = [...builtInNames, ...(await libraryNames(cacheDir)), ...catalogue.map(({ name }) => name)];
  return new UsageError(
    `dataset "${dataset}" is neither a known name nor a file or folder; nearest known name: "${closest(dataset, names)}"; ` +
      `a file ends in ${[...formatNames, ...hdf5Formats].map((format) => `.${format}`).join(', ')}`,
  );
}

function filesSource(name: string, metric: MetricName | undefined, base: string, queries: string): DatasetSource {
  return {
    name,
    metric: metricOf[metric ?? 'euclidean'],
    files: [base, queries],
    open: () =>
      openBoth(
        () => openVectors(base),
        () => openVectors(queries),
      ),
  };
}

/** A file in ann-benchmarks' layout, which brings queries and, mostly, a metric. */
async function hdf5Source({ dataset, queries, metric }: DatasetSelector): Promise<DatasetSource> {
  const path = resolve(dataset);
  if (queries !== undefined) {
    throw new UsageError(`${dataset} has queries of its own, in "test"; leave out --queries ${queries}`);
  }
  const { metric: said, close } = await openHdf5(path);
  await close();
  if (said !== undefined && metric !== undefined && said !== metric) {
    throw new UsageError(`${dataset} says of itself that it is ${said}; leave out --metric ${metric}`);
  }
  return {
    name: parse(path).name,
    metric: metricOf[metric ?? said ?? 'euclidean'],
    files: [path],
    open: () => openHdf5(path),
  };
}

/** A folder that holds base.<format> and query.<format> or queries.<format>, named for the folder. */
async function sourceIn(
  folder: string,
  queries: string | undefined,
  metric: MetricName | undefined,
): Promise<DatasetSource> {
  const names = await readdir(folder);
  const file = (...stems: readonly string[]) =>
    names.find((name) => stems.includes(parse(name).name) && formatNames.some((format) => name.endsWith(`.${format}`)));
  const [base, query] = [file('base'), file('query', 'queries')];
  if (base === undefined || (query === undefined && queries === undefined)) {
    throw new UsageError(
      `${folder} should hold base.<format> and query.<format>, <format> one of ${formatNames.join(', ')}; or name a file`,
    );
  }
  const queriesPath = queries === undefined ? resolve(folder, query!) : resolve(queries);
  return filesSource(basename(resolve(folder)), metric, resolve(folder, base), queriesPath);
}

async function isFolder(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isDirectory() ?? false;
}

async function isFile(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() ?? false;
}

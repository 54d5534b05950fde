import type { MetricName } from '../metric-name.ts';
import type { CatalogueEntry } from './entry.ts';

/** HDF5 files of ann-benchmarks.com (Aumüller, Bernhardsson & Faithfull 2020), sizes in MB as its page lists them. */
const files: readonly (readonly [
  file: string,
  count: number,
  dimension: number,
  queries: number,
  megabytes: number,
])[] = [
  ['sift-128-euclidean', 1_000_000, 128, 10_000, 501],
  ['gist-960-euclidean', 1_000_000, 960, 1_000, 3_600],
  ['glove-25-angular', 1_183_514, 25, 10_000, 121],
  ['glove-100-angular', 1_183_514, 100, 10_000, 463],
  ['nytimes-256-angular', 290_000, 256, 10_000, 301],
  ['deep-image-96-angular', 9_990_000, 96, 10_000, 3_600],
  ['mnist-784-euclidean', 60_000, 784, 10_000, 217],
  ['fashion-mnist-784-euclidean', 60_000, 784, 10_000, 217],
];

/** Whose plain names mean the npm packages' data, which are here without fetching; those split Fashion-MNIST otherwise. */
const known = ['mnist-784-euclidean', 'fashion-mnist-784-euclidean'];

export const annBenchmarks: readonly CatalogueEntry[] = files.map(
  ([file, count, dimension, queryCount, megabytes]) => ({
    name: known.includes(file) ? `${file}-hdf5` : file,
    metric: file.split('-').at(-1) as MetricName,
    family: 'ann-benchmarks',
    count,
    dimension,
    queryCount,
    bytes: megabytes * 1e6,
    plan: {
      from: 'files',
      files: [{ url: `http://ann-benchmarks.com/${file}.hdf5`, name: `${file}.hdf5` }],
      base: `${file}.hdf5`,
    },
  }),
);

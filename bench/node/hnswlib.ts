import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Contender, connectivity, constructionEffort, type Setting, secondsOf } from './contender.ts';

/** The part of hnswlib-node that is used here. */
interface Hnsw {
  initIndex(maxElements: number, m: number, efConstruction: number, randomSeed: number): void;
  addPoint(point: number[], label: number): void;
  setEf(ef: number): void;
  searchKnn(query: number[], k: number): { neighbors: number[] };
}

/** hnswlib-node takes arrays of numbers, has one thread and no batches. Queries are made arrays before the clock starts. */
export async function hnswlib({ data, k, folder }: Setting, name: string, detail: string): Promise<Contender> {
  const { HierarchicalNSW } = createRequire(join(folder, 'package.json'))('hnswlib-node') as {
    HierarchicalNSW: new (space: string, dimension: number) => Hnsw;
  };
  const { base, queries, metric } = data;
  const row = ({ data, dimension }: typeof base, n: number) =>
    Array.from(data.subarray(n * dimension, (n + 1) * dimension));
  const index = new HierarchicalNSW(metric === 'squared_l2' ? 'l2' : 'ip', base.dimension);
  index.initIndex(base.count, connectivity, constructionEffort, 1);
  const buildSeconds = secondsOf(() => {
    for (let n = 0; n < base.count; ++n) index.addPoint(row(base, n), n);
  });
  const asked = Array.from({ length: queries.count }, (_, n) => row(queries, n));
  return {
    name,
    detail: `${detail}, M ${connectivity}, efConstruction ${constructionEffort}, queries as arrays of numbers`,
    buildSeconds,
    setEffort: (effort) => index.setEf(effort),
    one: (query) => index.searchKnn(asked[query]!, k).neighbors,
    close: () => {},
  };
}

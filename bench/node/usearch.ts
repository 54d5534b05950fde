import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Contender, connectivity, constructionEffort, type Setting, secondsOf } from './contender.ts';

/** The part of usearch that is used here. */
interface Usearch {
  add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
  search(vectors: Float32Array, k: number, threads: number): { keys: BigUint64Array };
  save(path: string): void;
  load(path: string): void;
}

/** usearch fixes expansion_search when an index is made, so another effort is the saved index loaded into another one. */
export async function usearch({ data, k, folder }: Setting, detail: string): Promise<Contender> {
  const { Index } = createRequire(join(folder, 'package.json'))('usearch') as {
    Index: new (settings: object) => Usearch;
  };
  const { base, queries, metric } = data;
  const make = (effort: number) =>
    new Index({
      dimensions: base.dimension,
      metric: metric === 'squared_l2' ? 'l2sq' : 'ip',
      quantization: 'f32',
      connectivity,
      expansion_add: constructionEffort,
      expansion_search: effort,
      multi: false,
    });
  const path = join(folder, 'usearch.index');
  const cores = availableParallelism();
  let index = make(64);
  const buildSeconds = secondsOf(() => {
    const keys = BigUint64Array.from({ length: base.count }, (_, n) => BigInt(n));
    index.add(keys, base.data, cores);
  });
  index.save(path);
  const rows = (from: number, count: number) =>
    queries.data.subarray(from * base.dimension, (from + count) * base.dimension);
  return {
    name: 'usearch',
    detail: `${detail}, f32, connectivity ${connectivity}, expansion_add ${constructionEffort}`,
    buildSeconds,
    setEffort: (effort) => {
      index = make(effort);
      index.load(path);
    },
    one: (query) => index.search(rows(query, 1), k, 1).keys,
    batch: (from, count, threads) => index.search(rows(from, count), k, threads || cores).keys,
    close: () => rmSync(path, { force: true }),
  };
}

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Contender, Setting } from './contender.ts';

interface Reach {
  readonly k: number;
  readonly effort: number;
  readonly threads?: number;
}

/** The part of an exported package that is used here. */
interface Exported {
  readonly level: string;
  readonly packageName: string;
  build(
    data: Float32Array,
    options: object,
  ): Promise<{
    searchSync(query: Float32Array, options: Reach): { ids: Uint32Array };
    searchBatchSync(queries: Float32Array, options: Reach): { ids: Uint32Array };
    close(): void;
  }>;
}

/** A package that `annvil export` wrote, installed as `name`. Not calibrated: the benchmark finds efforts itself, for all alike. */
export async function exported({ data, k, folder }: Setting, name: string): Promise<Contender> {
  const library = createRequire(join(folder, 'package.json'))(name) as Exported;
  const { base, queries, metric } = data;
  const start = performance.now();
  const index = await library.build(base.data, {
    dimension: base.dimension,
    metric: metric === 'squared_l2' ? 'euclidean' : 'angular',
    calibration: false,
  });
  const buildSeconds = (performance.now() - start) / 1000;
  let effort = k;
  const rows = (from: number, count: number) =>
    queries.data.subarray(from * base.dimension, (from + count) * base.dimension);
  return {
    name,
    detail: `${library.packageName} on ${library.level}`,
    buildSeconds,
    setEffort: (wanted) => {
      effort = wanted;
    },
    one: (query) => index.searchSync(rows(query, 1), { k, effort }).ids,
    batch: (from, count, threads) => index.searchBatchSync(rows(from, count), { k, effort, threads }).ids,
    close: () => index.close(),
  };
}

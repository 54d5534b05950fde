import { open } from 'node:fs/promises';
import { ensureGroundTruth } from '../../datasets/ground-truth.ts';
import { prepareDataset } from '../../datasets/prepared.ts';
import { readGroundTruth } from '../../datasets/truth-file.ts';
import { strideOf } from '../../datasets/vector-file.ts';
import { seededRandom, shuffled } from '../../harness/core/random.ts';
import type { Metric } from '../../harness/core/target.ts';
import { findToolchain, ownProgram } from '../../harness/evaluate/toolchain.ts';

/** Row-major float32 without padding. */
export interface Rows {
  readonly count: number;
  readonly dimension: number;
  readonly data: Float32Array;
}

/** What every contender is built over and asked. Under `inner_product` all rows have unit length. */
export interface BenchData {
  readonly name: string;
  readonly metric: Metric;
  readonly base: Rows;
  /** In an order drawn at random, as the referee's: files may be sorted by how hard their queries are, and some tune what others time. */
  readonly queries: Rows;
  /** Distance of each query's k-th neighbour: squared L2, or the negated inner product. */
  readonly kthDistance: Float32Array;
}

/** A dataset of the catalogue from the cache, with its exact neighbours. @throws what preparing it throws */
export async function benchData(dataset: string, k: number, cacheDir: string): Promise<BenchData> {
  const prepared = await prepareDataset({ dataset }, { cacheDir });
  const binary = await ownProgram('truth', cacheDir, await findToolchain());
  const truth = await readGroundTruth(await ensureGroundTruth(prepared, { binary, onProgress: () => {} }));
  const { queryCount, dimension } = prepared;
  const order = shuffled(Array(queryCount).keys(), seededRandom('order of queries'));
  return {
    name: prepared.name,
    metric: prepared.metric,
    base: await readRows(prepared.basePath, prepared.count, dimension),
    queries: inOrder(await readRows(prepared.queriesPath, queryCount, dimension), order),
    kthDistance: Float32Array.from(order, (query) => truth.distances[query * truth.k + k - 1]!),
  };
}

function inOrder({ count, dimension, data }: Rows, order: readonly number[]): Rows {
  const moved = new Float32Array(data.length);
  order.forEach((row, place) => {
    moved.set(data.subarray(row * dimension, (row + 1) * dimension), place * dimension);
  });
  return { count, dimension, data: moved };
}

/** A prepared vector file without the padding of its rows. */
async function readRows(path: string, count: number, dimension: number): Promise<Rows> {
  const stride = strideOf(dimension);
  const data = new Float32Array(count * dimension);
  const block = new Float32Array(stride * 1024);
  const file = await open(path, 'r');
  try {
    for (let row = 0; row < count; row += 1024) {
      const rows = Math.min(1024, count - row);
      await file.read(new Uint8Array(block.buffer), 0, rows * stride * 4, 4096 + row * stride * 4);
      for (let at = 0; at < rows; ++at)
        data.set(block.subarray(at * stride, at * stride + dimension), (row + at) * dimension);
    }
  } finally {
    await file.close();
  }
  return { count, dimension, data };
}

/** Share of the k neighbours found, mean over `queries`; an id as close as the k-th neighbour counts. `ids` has k a query. */
export function recallOf(
  data: BenchData,
  queries: readonly number[],
  ids: readonly ArrayLike<number>[],
  k: number,
): number {
  let found = 0;
  queries.forEach((query, at) => {
    const limit = data.kthDistance[query]!;
    const slack = 1e-5 * Math.max(1e-3, Math.abs(limit));
    for (const id of new Set(Array.from(ids[at]!).slice(0, k))) {
      if (id < data.base.count && distance(data, query, id) <= limit + slack) ++found;
    }
  });
  return found / (queries.length * k);
}

function distance({ base, queries, metric }: BenchData, query: number, id: number): number {
  const [a, b] = [query * base.dimension, id * base.dimension];
  let sum = 0;
  for (let i = 0; i < base.dimension; ++i) {
    const [x, y] = [queries.data[a + i]!, base.data[b + i]!];
    sum += metric === 'squared_l2' ? (x - y) ** 2 : -x * y;
  }
  return sum;
}

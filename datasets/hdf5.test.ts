import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../harness/core/errors.ts';
import { openHdf5 } from './hdf5.ts';
import { prepareDataset } from './prepared.ts';
import { readVectorFile } from './subset.ts';
import { type BenchmarkTables, writeHdf5 } from './testing/write-hdf5.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-hdf5-'));
  path = join(folder, 'small-4-angular.hdf5');
});
afterEach(() => rm(folder, { recursive: true }));

const train = { data: Float32Array.from({ length: 200 }, (_, n) => Math.sin(n)), shape: [50, 4] };
const queries = { data: Float32Array.from({ length: 20 }, (_, n) => Math.cos(n)), shape: [5, 4] };

async function prepare(tables: BenchmarkTables, metric?: 'euclidean' | 'angular') {
  await writeHdf5(path, tables);
  const prepared = await prepareDataset(
    { dataset: path, ...(metric && { metric }) },
    { cacheDir: join(folder, 'cache') },
  );
  return { prepared, base: await readVectorFile(prepared.basePath), asked: await readVectorFile(prepared.queriesPath) };
}

test('is a dataset by itself: base, queries and metric', async () => {
  const { prepared, base, asked } = await prepare({ train, test: queries, distance: 'euclidean' });
  expect(prepared).toMatchObject({
    name: 'small-4-angular',
    metric: 'squared_l2',
    count: 50,
    dimension: 4,
    queryCount: 5,
  });
  expect(base.data).toEqual(train.data);
  expect(asked.data).toEqual(queries.data);
});

test('takes its metric from the file, and from the flag where the file is silent', async () => {
  const angular = await prepare({ train, test: queries, distance: 'angular' });
  expect(angular.prepared.metric).toBe('inner_product');
  const row = angular.base.data.subarray(0, 4);
  expect(row.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 6);
  expect((await prepare({ train, test: queries }, 'angular')).prepared.hash).toBe(angular.prepared.hash);
  await expect(prepare({ train, test: queries, distance: 'euclidean' }, 'angular')).rejects.toThrow(
    'says of itself that it is euclidean; leave out --metric angular',
  );
  await expect(prepare({ train, test: queries, distance: 'jaccard' })).rejects.toThrow('the metric "jaccard"');
});

test('reads other types, chunked and compressed, as the same vectors', async () => {
  const { prepared } = await prepare({ train, test: queries, distance: 'euclidean' });
  const doubles = { ...train, data: Float64Array.from(train.data), chunks: [7, 3] };
  const packed = await prepare({ train: doubles, test: queries, distance: 'euclidean' });
  expect(packed.prepared.hash).toBe(prepared.hash);
  const bytes = { data: Int8Array.from({ length: 200 }, (_, n) => n - 100), shape: [50, 4] };
  const { base } = await prepare({ train: bytes, test: queries });
  expect(base.data).toEqual(Float32Array.from(bytes.data));
});

test('gives the neighbours of a query, whatever integers they are', async () => {
  const ids = Array.from({ length: 15 }, (_, n) => (n * 7) % 50);
  for (const data of [Int32Array.from(ids), BigInt64Array.from(ids, BigInt)]) {
    await writeHdf5(path, { train, test: queries, neighbors: { data, shape: [5, 3] } });
    const { truth, close } = await openHdf5(path);
    try {
      expect([truth!.queryCount, truth!.k, await truth!.read(2)]).toEqual([5, 3, ids.slice(6, 9)]);
    } finally {
      await close();
    }
  }
});

test('is read by blocks: rows from the midst of a large file', async () => {
  const wide = { data: Float32Array.from({ length: 9000 * 1000 }, (_, n) => n % 4099), shape: [9000, 1000] };
  await writeHdf5(path, { train: wide, test: { data: wide.data.slice(0, 1000), shape: [1, 1000] } });
  const { base, close } = await openHdf5(path);
  try {
    expect(await base.read(8191, 2)).toEqual(wide.data.slice(8_191_000, 8_193_000));
  } finally {
    await close();
  }
});

test.each([
  [{ test: queries }, /no dataset "train" but test; ann-benchmarks' layout is train and test/],
  [{ train }, /no dataset "test" but train/],
  [{ train: { ...train, shape: [200] }, test: queries }, /"train" has the shape \(200\)/],
  [
    { train: { data: BigInt64Array.from([1n, 2n]), shape: [1, 2] }, test: queries },
    /values of type <i8; little-endian/,
  ],
] as [BenchmarkTables, RegExp][])('refuses another layout, case %#', async (tables, message) => {
  const refused = prepare(tables);
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(message);
});

test('refuses what is cut short, damaged or something else, on one line', async () => {
  await writeHdf5(path, { train, test: queries });
  const whole = await readFile(path);
  const refuse = async (bytes: Buffer, message: RegExp) => {
    await writeFile(path, bytes);
    const opening = openHdf5(path);
    await expect(opening).rejects.toThrow(UsageError);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.not.toThrow(/\n/);
  };
  await refuse(Buffer.from('<html>not found</html>'), /is no HDF5 file: it does not start with HDF5's signature/);
  await refuse(whole.subarray(0, whole.length - 50), /cannot be opened: truncated file/);
  await refuse(whole.subarray(0, 9), /cannot be opened/);
  await refuse(Buffer.concat([whole.subarray(0, 8), Buffer.alloc(whole.length)]), /cannot be opened/);
});

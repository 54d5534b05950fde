import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { seededRandom } from '../../../harness/core/random.ts';
import type { CatalogueEntry, Plan } from '../../catalogue/entry.ts';
import { prepareDataset } from '../../prepared.ts';
import { readVectorFile } from '../../subset.ts';
import { writeHdf5 } from '../../testing/write-hdf5.ts';
import type { VectorSet } from '../../vectors.ts';
import { fetchDataset } from '../fetch-dataset.ts';
import { Network } from '../network.ts';
import { FileServer } from './file-server.ts';

/** Of the test that runs. */
export let folder: string;
export let cacheDir: string;
export let server: FileServer;
let network: Network;

/** A folder, a server and a network for every test of the file that calls this. */
export function fetchingTests(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'annvil-fetch-'));
    cacheDir = join(folder, 'cache');
    server = await FileServer.open();
    network = new Network();
  });
  afterEach(async () => {
    await network.close();
    await server.close();
    await rm(folder, { recursive: true });
  });
}

export function vectors(count: number, dimension: number, seed: string): VectorSet {
  const random = seededRandom(seed);
  return { count, dimension, data: Float32Array.from({ length: count * dimension }, () => random() - 0.5) };
}

export function entryOf(plan: Plan, fields: Partial<CatalogueEntry> = {}): CatalogueEntry {
  const shape = { count: 60, dimension: 4, queryCount: 5, bytes: 1000 };
  return { name: 'fetched-4', metric: 'euclidean', family: 'ann-benchmarks', ...shape, plan, ...fields };
}

export function fetch(entry: CatalogueEntry, options: { mirror?: string; acceptChanged?: boolean } = {}) {
  return fetchDataset(entry, {
    cacheDir,
    network,
    signal: new AbortController().signal,
    onProgress: () => {},
    onNote: () => {},
    patience: { stallMs: 1000, tries: 3, firstPauseMs: 1, longestPauseMs: 5 },
    ...options,
  });
}

/** An HDF5 file on the server, and the plan that fetches it. */
export async function served(base: VectorSet, queries: VectorSet, neighbors?: number[][]): Promise<Plan> {
  const path = join(folder, 'served.hdf5');
  const table = ({ data, count, dimension }: VectorSet) => ({ data, shape: [count, dimension] });
  const lists = neighbors && {
    data: Int32Array.from(neighbors.flat()),
    shape: [neighbors.length, neighbors[0]!.length],
  };
  await writeHdf5(path, { train: table(base), test: table(queries), ...(lists && { neighbors: lists }) });
  const url = server.put('x/data.hdf5', await readFile(path));
  return { from: 'files', files: [{ url, name: 'data.hdf5' }], base: 'data.hdf5' };
}

export const own = (name = 'fetched-4') => join(cacheDir, 'sources', name);

export async function prepared(name = 'fetched-4') {
  const found = await prepareDataset({ dataset: name }, { cacheDir });
  return { found, base: await readVectorFile(found.basePath), queries: await readVectorFile(found.queriesPath) };
}

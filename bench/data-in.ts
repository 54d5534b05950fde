/**
 * A dataset as large as gist-960 (1,000,000 x 960 float32, 3.84 GB of HDF5) is prepared without being in memory at once: it is written here
 * in ann-benchmarks' layout, prepared, and looked at row by row. Takes 8 GB of disk for some minutes.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDataset } from '../datasets/prepared.ts';
import { openVectorFile } from '../datasets/vector-file.ts';

const [count, dimension, queryCount] = [1_000_000, 960, 1000];
const blockRows = 4000;
/** What the process may take at its largest, a quarter of the file; most of it is blocks that the collector has not come round to. */
const mostMegabytes = 960;

/** The value of a row's column: whole, so that float32 holds it, and another in each row. */
const valueAt = (row: number, column: number) => (row * 31 + column * 17) % 65_521;

function rowsFrom(from: number, rows: number): Float32Array {
  const data = new Float32Array(rows * dimension);
  for (let n = 0; n < data.length; ++n) data[n] = valueAt(from + Math.floor(n / dimension), n % dimension);
  return data;
}

export async function verifyDataIn({ json }: { json: boolean }): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'annvil-data-in-'));
  try {
    const path = join(folder, 'large.hdf5');
    await writeLarge(path);
    const began = performance.now();
    const prepared = await prepareDataset({ dataset: path }, { cacheDir: join(folder, 'cache') });
    const seconds = (performance.now() - began) / 1000;
    const wrongRows = await countWrong(prepared.basePath);
    const megabytes = Math.round(process.resourceUsage().maxRSS / 1024);
    const bytes = (await stat(path)).size;
    const found = {
      bytes,
      seconds: Math.round(seconds),
      rate: Math.round(bytes / 1e6 / seconds),
      megabytes,
      wrongRows,
    };
    const holds = wrongRows === 0 && prepared.count === count && megabytes <= mostMegabytes;
    if (json) console.log(JSON.stringify({ ...found, holds }));
    else {
      console.log(`${(bytes / 1e9).toFixed(2)} GB of HDF5 prepared in ${found.seconds} s (${found.rate} MB/s)`);
      console.log(
        `largest memory ${megabytes} MB of ${mostMegabytes} allowed, ${wrongRows} of 1,000 rows wrong: ${holds ? 'holds' : 'DOES NOT HOLD'}`,
      );
    }
    return holds;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeLarge(path: string): Promise<void> {
  const { ready, File } = await import('h5wasm/node');
  await ready;
  const file = new File(path, 'w');
  try {
    file.create_attribute('distance', 'euclidean');
    file.create_dataset({ name: 'test', data: rowsFrom(count, queryCount), shape: [queryCount, dimension] });
    const shape = [blockRows, dimension];
    const train = file.create_dataset({
      name: 'train',
      data: rowsFrom(0, blockRows),
      shape,
      maxshape: [null, dimension],
      chunks: [blockRows / 4, dimension],
    });
    for (let from = blockRows; from < count; from += blockRows) {
      train.resize([from + blockRows, dimension]);
      train.write_slice([[from, from + blockRows], []], rowsFrom(from, blockRows));
    }
  } finally {
    file.close();
  }
}

/** Of 1,000 rows over all of the file. */
async function countWrong(path: string): Promise<number> {
  const reader = await openVectorFile(path);
  try {
    let wrong = 0;
    for (let row = 0; row < count; row += count / 1000) {
      const values = await reader.read(row, 1);
      if (!values.every((value, column) => value === valueAt(row, column))) ++wrong;
    }
    return wrong;
  } finally {
    await reader.close();
  }
}

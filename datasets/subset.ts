import { open } from 'node:fs/promises';
import { HarnessError } from '../harness/core/errors.ts';
import { seededRandom } from '../harness/core/random.ts';
import { metrics } from '../harness/core/target.ts';
import { writeVectorFile } from './vector-file.ts';
import { allocateVectors, type VectorSet } from './vectors.ts';

/** Which rows of a prepared vector file: `count` of them from place `from` on, in the file's order or in one drawn by `seed`. */
export interface RowPick {
  readonly from: number;
  readonly count: number;
  /** Draws the order in which places are counted; absent: the file's. Equal seeds draw equal orders, so that picks can be disjoint. */
  readonly seed?: number;
  /** Times that every row is written, in rounds over all rows; 1 where absent. */
  readonly copies?: number;
  /** Gaussian noise on every value, as a share of the standard deviation of all picked values; 0 where absent. */
  readonly noise?: number;
}

const header = { bytes: 4096, metric: 8, count: 12, dimension: 16, stride: 20 };

/** Reads all rows of a prepared vector file (vector-file.ts). @throws HarnessError where it is none */
export async function readVectorFile(path: string): Promise<VectorSet & { readonly metric: (typeof metrics)[number] }> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(header.bytes);
    await file.read(head, 0, header.bytes, 0);
    if (head.toString('latin1', 0, 8) !== 'ANNVILV1') throw new HarnessError(`${path} is no prepared vector file`);
    const [count, dimension, stride] = [header.count, header.dimension, header.stride].map((at) =>
      head.readUInt32LE(at),
    );
    const rows = allocateVectors(count!, dimension!, path);
    const block = Math.max(1, Math.floor(2 ** 26 / (stride! * 4)));
    for (let from = 0; from < count!; from += block) {
      const size = Math.min(block, count! - from);
      const bytes = new Uint8Array(size * stride! * 4);
      await file.read(bytes, 0, bytes.length, header.bytes + from * stride! * 4);
      const values = new Float32Array(bytes.buffer);
      for (let row = 0; row < size; ++row)
        rows.data.set(values.subarray(row * stride!, row * stride! + dimension!), (from + row) * dimension!);
    }
    return { metric: metrics[head.readUInt32LE(header.metric)]!, ...rows };
  } finally {
    await file.close();
  }
}

/**
 * Writes picked rows of the prepared vector file `source` as another one.
 * @throws HarnessError where it has fewer; MachineError where there is no room
 */
export async function writeRows(source: string, pick: RowPick, target: string): Promise<void> {
  const { metric, count, dimension, data } = await readVectorFile(source);
  const { from, seed, copies = 1, noise = 0 } = pick;
  if (from + pick.count > count)
    throw new HarnessError(`${source} has ${count} rows; ${pick.count} from ${from} on are wanted`);
  const order = orderOf(count, seed);
  const rows = allocateVectors(pick.count * copies, dimension, target);
  for (let copy = 0; copy < copies; ++copy) {
    for (let place = 0; place < pick.count; ++place) {
      const row = order[from + place]!;
      rows.data.set(data.subarray(row * dimension, (row + 1) * dimension), (copy * pick.count + place) * dimension);
    }
  }
  if (noise > 0) {
    addNoise(rows.data, noise, seededRandom('noise', seed ?? 0, from, pick.count));
    if (metric === 'inner_product') toUnitLength(rows);
  }
  await writeVectorFile(target, metric, rows);
}

function orderOf(count: number, seed: number | undefined): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  if (seed === undefined) return order;
  const random = seededRandom('row order', seed);
  for (let place = count - 1; place > 0; --place) {
    const other = Math.floor(random() * (place + 1));
    [order[place], order[other]] = [order[other]!, order[place]!];
  }
  return order;
}

/** In place; by pairs, as Box & Muller (1958) draw them. */
function addNoise(values: Float32Array, share: number, random: () => number): void {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  const deviation = share * Math.sqrt(Math.max(0, squares / values.length - mean * mean));
  for (let at = 0; at < values.length; at += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[at] = values[at]! + radius * Math.cos(angle);
    if (at + 1 < values.length) values[at + 1] = values[at + 1]! + radius * Math.sin(angle);
  }
}

function toUnitLength({ count, dimension, data }: VectorSet): void {
  for (let row = 0; row < count; ++row) {
    const values = data.subarray(row * dimension, (row + 1) * dimension);
    const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    for (let at = 0; at < dimension; ++at) values[at] = values[at]! / length;
  }
}

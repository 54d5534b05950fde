import { HarnessError } from '../harness/core/errors.ts';
import { seededRandom, shuffled } from '../harness/core/random.ts';
import type { Metric } from '../harness/core/target.ts';
import { openVectorFile, writeVectorFile } from './vector-file.ts';
import { blocksOf } from './vector-reader.ts';
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

/** Reads all rows of a prepared vector file (vector-file.ts). @throws HarnessError where it is none */
export async function readVectorFile(path: string): Promise<VectorSet & { readonly metric: Metric }> {
  const reader = await openVectorFile(path);
  try {
    const { metric, count, dimension } = reader;
    const rows = allocateVectors(count, dimension, path);
    for await (const { from, data } of blocksOf(reader)) rows.data.set(data, from * dimension);
    return { metric, ...rows };
  } finally {
    await reader.close();
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
  return seed === undefined ? order : Uint32Array.from(shuffled(order, seededRandom('row order', seed)));
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

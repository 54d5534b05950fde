import { expect, test } from 'vitest';
import { seededRandom } from '../harness/core/random.ts';
import { blocksOf, memoryReader, onlyRows, type VectorReader, withoutRows } from './vector-reader.ts';

const rowsOf = (count: number) =>
  memoryReader('rows', { count, dimension: 2, data: Float32Array.from({ length: 2 * count }, (_, n) => n >> 1) });

async function numbers(reader: VectorReader, step = 5): Promise<number[]> {
  const found: number[] = [];
  for (let from = 0; from < reader.count; from += step) {
    const data = await reader.read(from, Math.min(step, reader.count - from));
    found.push(...data.filter((_, n) => n % 2 === 0));
  }
  return found;
}

test('splits rows into those picked and the rest, in the order of the file', async () => {
  const random = seededRandom('reader');
  for (let turn = 0; turn < 200; ++turn) {
    const count = 1 + Math.floor(random() * 40);
    const picked = Uint32Array.from({ length: count }, (_, n) => n).filter(() => random() < turn / 200);
    const rest = Array.from({ length: count }, (_, n) => n).filter((n) => !picked.includes(n));
    const step = 1 + Math.floor(random() * 7);
    expect(await numbers(onlyRows(rowsOf(count), picked), step)).toEqual([...picked]);
    expect(await numbers(withoutRows(rowsOf(count), picked), step)).toEqual(rest);
  }
});

test('gives blocks of all rows in order', async () => {
  const seen: number[] = [];
  const wide = memoryReader('wide', { count: 9, dimension: 2 ** 20, data: new Float32Array(9 * 2 ** 20).fill(1) });
  for await (const { from, rows, data } of blocksOf(wide)) {
    expect(data.length).toBe(rows * 2 ** 20);
    seen.push(from, rows);
  }
  expect(seen).toEqual([0, 4, 4, 4, 8, 1]);
});

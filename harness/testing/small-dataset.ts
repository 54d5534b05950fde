import { join } from 'node:path';
import { writeVectors } from '../../datasets/formats/index.ts';
import type { VectorSet } from '../../datasets/vectors.ts';
import { seededRandom } from '../core/random.ts';

const clusters = 40;

/**
 * Vectors around a few centres, so that an index has something to find, as files in `folder`. Small enough that tests build and
 * search them in a blink.
 */
export async function smallDataset(
  folder: string,
  { count = 3000, queries = 1200, dimension = 24 } = {},
): Promise<{ dataset: string; queries: string }> {
  const random = seededRandom('small-dataset', dimension);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const centres = Array.from({ length: clusters * dimension }, () => 2 * normal());
  const draw = (rows: number): VectorSet => {
    const data = new Float32Array(rows * dimension);
    for (let row = 0; row < rows; ++row) {
      const centre = Math.floor(random() * clusters);
      for (let at = 0; at < dimension; ++at) data[row * dimension + at] = centres[centre * dimension + at]! + normal();
    }
    return { count: rows, dimension, data };
  };
  const paths = { dataset: join(folder, 'small.fbin'), queries: join(folder, 'small-queries.fbin') };
  await writeVectors(paths.dataset, draw(count));
  await writeVectors(paths.queries, draw(queries));
  return paths;
}

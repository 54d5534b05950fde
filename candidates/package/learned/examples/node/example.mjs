/** Loads the trained index, asks for a recall, and measures what it gets: ends with 1 where the promise is not kept. */

import { Index, trainedIndex } from '@PACKAGE@';
import { readFileSync } from 'node:fs';

const [k, target] = [10, 0.9];
const index = await Index.load(trainedIndex, { mapped: true });
const { dimension } = index.info;

/** Of the dataset's queries some that nothing was trained by, as fvecs: each row after its dimension. */
const file = readFileSync(new URL('../queries.fvecs', import.meta.url));
const words = new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
const asked = words.length / (dimension + 1);
const queries = words.filter((_, n) => n % (dimension + 1) !== 0);

const promise = index.effortFor(target, { k });
console.log(
  `for recall ${target}: effort ${promise.effort}, recall ${promise.recall.toFixed(3)} [${promise.low.toFixed(3)}, ${promise.high.toFixed(3)}]`,
);
const { ids, compared } = index.searchBatchSync(queries, { k, targetRecall: target, countCompared: true });
// An effort above all compares every row.
const exact = index.searchBatchSync(queries, { k, effort: 0xffffffff }).ids;
let found = 0;
for (let query = 0; query < asked; query++) {
  const nearest = new Set(exact.subarray(query * k, (query + 1) * k));
  for (const id of ids.subarray(query * k, (query + 1) * k)) if (nearest.has(id)) found += 1;
}
const recall = found / (asked * k);
const mean = compared.reduce((sum, one) => sum + one, 0) / asked;
console.log(
  `recall over ${asked} queries: ${recall.toFixed(3)}, comparing ${mean.toFixed(0)} of ${index.info.count} rows`,
);
// So few queries have an interval of their own.
process.exitCode = recall >= target - 0.03 ? 0 : 1;

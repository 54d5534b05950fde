/**
 * Counts again what EVIDENCE.json says of the index in this package, without Annvil: recall against exact neighbours and rows compared, at each
 * stated effort, on the queries of the final figures. Ends with 0 where it is so, 1 where it is not, 2 where it cannot be measured.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findDataset } from './dataset.mjs';
import { exactDistances } from './exact.mjs';
import { costAt, faultsOf, meanSaving } from './savings.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const say = (text) => console.log(text);

/** Rows of the dataset, by a file of their numbers. */
async function picked({ data, dimension }, file) {
  const bytes = await readFile(join(here, file));
  const numbers = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const rows = new Float32Array(numbers.length * dimension);
  for (const [n, row] of numbers.entries())
    rows.set(data.subarray(row * dimension, (row + 1) * dimension), n * dimension);
  return { count: numbers.length, dimension, data: rows };
}

/** Mean recall and mean rows compared. As close as the k-th true neighbour counts: ties have no order. */
function countedAt(index, queries, truth, { k, chunks }, effort) {
  const { distances, compared } = index.searchBatchSync(queries.data, { k, effort, countCompared: true });
  const recalls = Array.from({ length: queries.count }, (_, query) => {
    const farthest = truth[query * k + k - 1];
    const own = distances.subarray(query * k, (query + 1) * k);
    return own.filter((distance) => distance <= farthest * (1 + 1e-5) + 1e-6).length / k;
  });
  return { effort, recall: meanOfChunks(recalls, chunks), cost: meanOfChunks(compared, chunks) };
}

/** As the referee has it: query i belongs to chunk i % chunks. */
function meanOfChunks(values, chunks) {
  const means = Array.from({ length: chunks }, (_, chunk) => {
    const own = values.filter((_, query) => query % chunks === chunk);
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
  return means.reduce((sum, value) => sum + value, 0) / chunks;
}

async function verify({ base: baseFile, queries: queriesFile }) {
  const evidence = JSON.parse(await readFile(join(here, '..', 'EVIDENCE.json'), 'utf8'));
  const { claim, dataset, trained, campaign } = evidence;
  say(`claim: ${claim.area === null ? 'none' : claim.area.toFixed(3)} of ${campaign.target}; ${claim.inWords}`);
  const found = await findDataset(evidence, { base: baseFile, queries: queriesFile }, say);
  if (!found.same)
    throw new Error(`these are not the vectors that the index was trained on (${dataset.name}, ${dataset.hash})`);
  const base = await picked(found.base, 'rows.u32');
  const queries = await picked(found.queries, 'queries.u32');
  const { Index, trainedIndex } = createRequire(import.meta.url)('../index.cjs');
  const index = await Index.load(trainedIndex);
  if (index.info.count !== base.count)
    throw new Error(`the index has ${index.info.count} rows, ${base.count} are stated`);
  say(
    `${index.info.package}: ${base.count} rows, ${queries.count} queries that nothing was trained or selected by (${index.info.level})`,
  );

  const { k, recalls } = trained;
  const truth = await exactDistances(index, queries, base, dataset.metric, k);
  const measured = trained.curve.map(({ effort }) => countedAt(index, queries, truth, trained, effort));
  for (const { effort, recall, cost } of measured)
    say(`  effort ${effort}: recall ${recall.toFixed(4)}, ${cost.toFixed(1)} rows compared`);
  for (const recall of recalls)
    say(
      `  at recall ${recall}: ${costAt(measured, recall).toFixed(0)}, the baseline ${costAt(trained.baseline, recall).toFixed(0)}`,
    );
  const saving = Math.exp(meanSaving(measured, trained.baseline, recalls));
  const stated = Math.exp(meanSaving(trained.curve, trained.baseline, recalls));
  const faults = faultsOf(trained.curve, measured);
  const figure = `${saving.toFixed(3)} times fewer rows compared than by the stated baseline, ${stated.toFixed(3)} are stated of this index`;
  say(faults.length === 0 ? `the claim holds: ${figure}` : `the claim does NOT hold: ${faults.join('; ')}; ${figure}`);
  return faults.length === 0 ? 0 : 1;
}

const { values } = parseArgs({ options: { base: { type: 'string' }, queries: { type: 'string' } } });

try {
  process.exitCode = await verify(values);
} catch (error) {
  console.error(`verify: ${error.message}`);
  process.exitCode = 2;
}

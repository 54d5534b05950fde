/**
 * Measures again what EVIDENCE.json claims, without Annvil: builds this index and the seed index on the same rows, takes recall against
 * exact neighbours, times both side by side. Ends with 0 where the claim holds, 1 where it does not, 2 where it cannot be measured.
 */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findDataset, queriesOf } from './dataset.mjs';
import { exactDistances } from './exact.mjs';
import { compare, coveringEfforts, recalls, requireEnough } from './measure.mjs';
import { meanInterval } from './statistics.mjs';
import { ratioFault, recallFaults, shown } from './verdict.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const say = (text) => console.log(text);

/** A library of this package; compiled first where what came along does not serve this platform. */
function library(folder) {
  const { status } = spawnSync(process.execPath, ['install.cjs'], { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0)
    throw new Error(
      `node-gyp cannot build ${folder}: run npm install in the package first, and install a C++ compiler`,
    );
  return createRequire(import.meta.url)(join(folder, 'index.cjs'));
}

async function built(name, { build }, base, settings) {
  const began = performance.now();
  const index = await build(base.data, { dimension: base.dimension, calibration: false, ...settings });
  say(
    `built ${name} over ${base.count} rows in ${((performance.now() - began) / 1000).toFixed(1)} s (${index.info.level})`,
  );
  return index;
}

async function verify({ base: baseFile, queries: queriesFile, rounds, threads }) {
  const evidence = JSON.parse(await readFile(join(here, '..', 'EVIDENCE.json'), 'utf8'));
  const { claim, dataset, build, fingerprint } = evidence;
  const { k, window } = claim;
  say(`claim: ${claim.speedup ? `${shown(claim.speedup)} times the seed` : 'none'}, recall@${k}; ${claim.inWords}`);
  const data = await findDataset(evidence, { base: baseFile, queries: queriesFile }, say);
  say(
    `${dataset.name}: ${data.base.count} rows, ${data.same ? 'the very data of the claim' : 'NOT the data of the claim, so recall is not compared'}`,
  );

  const [own, seed] = [join(here, '..'), join(here, 'seed')].map(library);
  const settings = { metric: dataset.metric, maxDegree: build.maxDegree, seed: build.seed, threads };
  const queries = queriesOf(claim.queries ?? 'final', data.queries);
  requireEnough(queries);
  const index = await built('this index', own, data.base, settings);
  const seedIndex = await built('the seed index', seed, data.base, settings);

  const truth = await exactDistances(seedIndex, queries, data.base, dataset.metric, k);

  const recallsAt = (of, efforts) =>
    new Map(efforts.map((effort) => [effort, recalls(of, queries, { k, effort, truth })]));
  const named = claim.curve.map(({ effort }) => effort);
  const measured = [...recallsAt(index, named)].map(([effort, each]) => ({ effort, recall: meanInterval(each) }));
  for (const { effort, recall } of measured) say(`  effort ${effort}: recall ${shown(recall)}`);
  const sides = [
    { index, named },
    { index: seedIndex, named: claim.seedCurve.map(({ effort }) => effort) },
  ].map((side) => {
    const efforts = coveringEfforts(side.index, queries, side.named, { k, truth, window });
    return { index: side.index, efforts, recalls: recallsAt(side.index, efforts) };
  });
  const onRound = (done, total) => {
    if (done % 4 === 0) say(`  timed ${done} of ${total} rounds`);
  };
  const { ratio, curves, areas } = compare(sides, queries, { k, window, rounds, onRound });
  for (const [name, curve] of [
    ['this index', curves[0]],
    ['the seed', curves[1]],
  ])
    say(
      `  ${name}: ${curve.map(({ recall, qps }) => `${Math.round(qps).toLocaleString('en-US')}/s at ${recall.toFixed(3)}`).join(', ')}`,
    );
  say(
    `mean over recall ${window.low} to ${window.high}, one thread: ${areas.map((area) => `${Math.round(area).toLocaleString('en-US')}/s`).join(' against ')}`,
  );

  const sameProcessor = cpus()[0]?.model === fingerprint.cpu;
  const faults = [...(data.same ? recallFaults(claim, measured) : []), ratioFault(claim, ratio, sameProcessor)].filter(
    Boolean,
  );
  const figure = `${shown(ratio)} times the queries/s of the seed at equal recall`;
  if (faults.length > 0) say(`the claim does NOT hold: ${faults.join('; ')}`);
  else if (claim.speedup && claim.mode === 'throughput')
    say(
      `measured on one thread: ${figure}; the claim, ${shown(claim.speedup)}, is of all cores at once, so this cannot hold it to that`,
    );
  else if (!claim.speedup) say(`measured: ${figure}; there is no claim to hold it to`);
  else
    say(`the claim holds: ${figure}, ${shown(claim.speedup)} claimed${sameProcessor ? '' : ' on another processor'}`);
  return faults.length === 0 ? 0 : 1;
}

const { values } = parseArgs({
  options: {
    base: { type: 'string' },
    queries: { type: 'string' },
    rounds: { type: 'string', default: '12' },
    threads: { type: 'string', default: '0' },
  },
});

try {
  const [rounds, threads] = [Number(values.rounds), Number(values.threads)];
  if (!(Number.isInteger(rounds) && rounds >= 2))
    throw new Error(`--rounds ${values.rounds}: give a whole number of at least 2`);
  process.exitCode = await verify({ ...values, rounds, threads });
} catch (error) {
  console.error(`verify: ${error.message}`);
  process.exitCode = 2;
}

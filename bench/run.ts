/** `npm run bench -- NAME`; `usage` says what there is. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeWorkbench, openEvaluator } from '../harness/assemble.ts';
import { makeCandidate } from '../harness/core/candidate.ts';
import { MachineError, UsageError } from '../harness/core/errors.ts';
import type { Evaluation, Index } from '../harness/core/evaluation.ts';
import { costFigures } from '../harness/core/index-cost.ts';
import { cacheFolder, packageRoot } from '../harness/core/paths.ts';
import { parseSpec } from '../harness/core/spec.ts';
import { progressView } from '../harness/record/live.ts';
import { seedCandidates } from '../harness/seeds.ts';
import { costText, measureCost } from './cost.ts';
import { intervalsText } from './intervals.ts';
import { landscapeRows, landscapeText } from './landscape.ts';
import { benchNode } from './node.ts';
import { argumentsOf, runProgram } from './program.ts';

const usage = `Benchmarks on real data: npm run bench -- NAME [--dataset D --queries Q] [--runs N] [--seeds N] [--json]
  seed        the seed index beside hnswlib (M=16, efConstruction=200, one thread), area over recall [0.85, 0.95]
  aa          the seed index beside itself: what this machine resolves
  cost        a campaign of --minutes over all slots: what an evaluation costs, and on what
  intervals   coverage and width of interval methods, simulated
  node        an exported package (--package DIR, or the champion of --campaign NAME) beside hnswlib-node and usearch in one Node process,
              at --k neighbours and --recall, over --rounds; --out DIR keeps plot and figures
  landscape   what learning brings over sampling that does not learn, simulated, over --seeds`;

/** With what each is unless told otherwise. */
const options = {
  dataset: { type: 'string', default: 'mnist-784-euclidean' },
  queries: { type: 'string' },
  k: { type: 'string', default: '10' },
  runs: { type: 'string' },
  seeds: { type: 'string', default: '40' },
  minutes: { type: 'string', default: '8' },
  json: { type: 'boolean', default: false },
  package: { type: 'string' },
  campaign: { type: 'string' },
  recall: { type: 'string', default: '0.95' },
  rounds: { type: 'string', default: '40' },
  out: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const cacheDir = cacheFolder(process.env);

/** hnswlib as search, and nothing to do before and after it. */
async function hnswlibIndex(): Promise<Index> {
  if (!existsSync('/usr/include/hnswlib/hnswlib.h')) {
    throw new MachineError('hnswlib is not installed', 'apt-get install -y libhnswlib-dev   (as root)');
  }
  const exact = await seedCandidates('exact');
  const source = await readFile(join(packageRoot, 'bench', 'hnswlib-search.hpp'), 'utf8');
  return { ...exact, search: makeCandidate({ slot: 'search', source, parents: [], origin: { proposer: 'seed' } }) };
}

const benchmarks: Record<string, () => Promise<readonly [challenger: Index, champion: Index]>> = {
  seed: async () => [await seedCandidates('graph'), await hnswlibIndex()],
  aa: async () => [await seedCandidates('graph'), await seedCandidates('graph')],
};

async function main(): Promise<void> {
  const { positionals, values } = argumentsOf({ allowPositionals: true, options });
  if (values.help) return console.log(usage);
  const name = positionals[0] ?? 'seed';
  if (name === 'intervals') return console.log(intervalsText(Number(values.runs ?? 300)));
  if (name === 'landscape') {
    const seeds = Number(values.seeds);
    if (!Number.isInteger(seeds) || seeds < 2)
      throw new UsageError(`--seeds ${values.seeds}: an interval takes a whole number of at least 2`);
    const rows = landscapeRows(seeds);
    return console.log(values.json ? JSON.stringify(rows) : landscapeText(rows, seeds));
  }
  if (name === 'cost') {
    const cost = await measureCost(Number(values.minutes), values.dataset);
    return console.log(values.json ? JSON.stringify(cost) : costText(cost));
  }
  if (name === 'node') {
    const { dataset, json, package: folder, campaign, out } = values;
    const numbers = { k: Number(values.k), recall: Number(values.recall), rounds: Number(values.rounds) };
    return benchNode({
      dataset,
      json,
      ...numbers,
      ...(folder !== undefined && { package: folder }),
      ...(campaign !== undefined && { campaign }),
      ...(out !== undefined && { out }),
    });
  }
  const pair = benchmarks[name];
  if (!pair) {
    const names = [...Object.keys(benchmarks), 'cost', 'intervals', 'landscape', 'node'];
    throw new UsageError(`no benchmark "${name}"; there are: ${names.join(', ')}`);
  }
  const spec = parseSpec({
    name: 'bench',
    dataset: values.dataset,
    ...(values.queries && { queries: values.queries }),
    k: Number(values.k),
    buildSecondsLimit: 1200,
  });
  const progress = progressView({ terminal: false });
  const bench = await makeWorkbench(spec, cacheDir, progress);
  const limits = { prepareSeconds: 1200, smokeSeconds: 10 };
  const { evaluator, close } = await openEvaluator(spec, bench, cacheDir, () => undefined, {
    check: () => undefined,
    limits,
  });
  try {
    const [challenger, champion] = await pair();
    for (let run = 0; run < Number(values.runs ?? 3); ++run) {
      const evaluation = await evaluator.compare(challenger, champion, undefined, {
        queries: 'search',
        // hnswlib builds its index anew in every round, a minute each.
        precision: name === 'seed' ? 'settle' : 'full',
      });
      console.log(values.json ? JSON.stringify(evaluation) : describe(evaluation));
    }
  } finally {
    await close();
  }
}

function describe({ outcome, champion }: Evaluation): string {
  if (outcome.kind !== 'scored') return JSON.stringify(outcome);
  const { value, low, high } = outcome.speedup;
  const width = (100 * (high - low)) / value;
  return (
    `area ${outcome.area.toFixed(0)} against ${champion!.area.toFixed(0)} queries/s: ` +
    `${value.toFixed(3)}x [${low.toFixed(3)}, ${high.toFixed(3)}], interval ${width.toFixed(1)} % wide; ` +
    costFigures(outcome.cost)
      .map(({ name, text }) => `${name} ${text}`)
      .join(', ')
  );
}

await runProgram('bench', async () => {
  await main();
  return 0;
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkbench, openEvaluator } from '../assemble.ts';
import type { Index } from '../core/evaluation.ts';
import { graphCostOf } from '../core/index-cost.ts';
import type { IndexCost } from '../core/outcome.ts';
import { parseSpec } from '../core/spec.ts';
import { seedCandidates } from '../seeds.ts';
import { cheating, lockpicking, readHostile, wallOf } from '../testing/red-team.ts';
import { smallDataset } from '../testing/small-dataset.ts';
import { checkSource } from './check.ts';
import type { GraphEvaluator } from './evaluator.ts';

/** One for each wall; `npm run verify -- red-team` runs them all. */
const sample = [...cheating, ...lockpicking].filter(({ name }) =>
  [
    'remembers-on-the-heap',
    'hides-state-among-the-queries',
    'hides-state-in-the-channel-header',
    'remembers-beyond-its-scratch',
    'remembers-on-the-dead-stack',
    'remembers-in-its-frame',
    'unlocks-its-memory',
    'rewrites-the-player',
    'caches-answers',
    'caches-answers-later',
    'answers-by-turns',
    'answers-from-the-last-query',
    'works-in-a-thread',
    'works-in-a-signal-handler',
    'works-in-a-child',
    'rewrites-the-channel-header',
    'truncates-the-channel',
    'writes-past-its-answers',
    'overwrites-the-base',
    'reads-other-memory',
    'defines-memset',
    'hoards-memory',
    'builds-far-longer',
  ].includes(name),
);

let folder: string;
let evaluator: GraphEvaluator;
let close: () => Promise<void>;
let seeds: Index;
let seedCost: IndexCost | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-red-team-'));
  const files = await smallDataset(folder, { queries: 4000 });
  const spec = parseSpec({ name: 'red-team', ...files, memoryMebibytes: 512 });
  const bench = await makeWorkbench(spec, folder, { event: () => {}, close: () => {} });
  ({ evaluator, close } = await openEvaluator(spec, bench, folder, () => graphCostOf(seedCost), {
    check: () => undefined,
    limits: { prepareSeconds: 4, smokeSeconds: 3 },
  }));
  seeds = await seedCandidates('graph');
  const { outcome } = await evaluator.compare(seeds, seeds, undefined, { queries: 'search' });
  if (outcome.kind === 'scored') seedCost = outcome.cost;
  const changed = await Promise.all(sample.map(readHostile));
  await evaluator.prepare(changed.map((one) => ({ challenger: { ...seeds, [one.slot]: one }, changed: one })));
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true });
});

describe('behind the static rules, a candidate that', () => {
  it.each(sample)('$name is caught by $walls', async (hostile) => {
    const changed = await readHostile(hostile);
    const challenger = { ...seeds, [changed.slot]: changed };
    const { outcome } = await evaluator.compare(challenger, seeds, changed, { queries: 'search' });
    expect(hostile.walls, JSON.stringify(outcome)).toContain(wallOf(outcome));
  });
});

describe('the static rules', () => {
  it.each([
    ['defines-malloc', 'outside-namespace'],
    ['specialises-the-contract', 'outside-namespace'],
    ['specialises-std', 'outside-namespace'],
    ['redefines-by-macro', 'no-macros'],
    ['changes-flags-by-pragma', 'no-macros'],
    ['speaks-assembly', 'no-assembly'],
    ['works-in-a-signal-handler', 'include-whitelist'],
  ])('reject %s', async (name, rule) => {
    const { slot, source } = await readHostile({ name, slot: 'refinement', walls: [] });
    expect(checkSource(slot, source)).toMatchObject({ rule });
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkbench, openEvaluator, type Workbench } from '../assemble.ts';
import { makeCandidate } from '../core/candidate.ts';
import type { Index } from '../core/evaluation.ts';
import { graphCostOf } from '../core/index-cost.ts';
import type { WorkPoint } from '../core/outcome.ts';
import { packageRoot } from '../core/paths.ts';
import { type CampaignSpec, parseSpec } from '../core/spec.ts';
import { seedCandidates } from '../seeds.ts';
import { smallDataset } from '../testing/small-dataset.ts';
import type { EvaluatorParts } from './evaluator.ts';
import { workPoint } from './work.ts';

const silent = { event: () => {}, close: () => {} };

let folder: string;
let spec: CampaignSpec;
let bench: Workbench;
let seeds: Index;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-facts-'));
  spec = parseSpec({ name: 'test', ...(await smallDataset(folder)), memoryMebibytes: 512, buildSecondsLimit: 8 });
  bench = await makeWorkbench(spec, folder, silent);
  seeds = await seedCandidates('graph');
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

async function seedBesideItself(overrides: Partial<Pick<EvaluatorParts, 'qpsCeiling'>> = {}) {
  const { evaluator, close } = await openEvaluator(spec, bench, folder, () => undefined, overrides);
  try {
    return (await evaluator.compare(seeds, seeds, undefined, { queries: 'search' })).outcome;
  } finally {
    await close();
  }
}

it('an honest index passes the roofline of the machine it runs on, and its memory is told', async () => {
  const outcome = await seedBesideItself();
  expect(outcome.kind).toBe('scored');
  if (outcome.kind !== 'scored') return;
  // The player held the base vectors beside its index; the builder held them too.
  const baseBytes = 3000 * 32 * 4;
  const cost = graphCostOf(outcome.cost)!;
  expect(cost.peakBytes).toBeGreaterThan(cost.indexBytes + baseBytes);
  // And not the sandbox around it, which takes some 2.5 MB.
  expect(cost.buildPeakBytes).toBeGreaterThan(4 * 2 ** 20);
}, 60_000);

describe('the work of an index', () => {
  let work: readonly WorkPoint[];
  let exactWork: readonly WorkPoint[];
  let crashed: readonly WorkPoint[];
  beforeAll(async () => {
    const { evaluator, close } = await openEvaluator(spec, bench, folder, () => undefined);
    try {
      work = await evaluator.countDistances(seeds, [10, 20, 80]);
      const source = await readFile(join(packageRoot, 'candidates/red-team/crashes.hpp'), 'utf8');
      const crashes = makeCandidate({ slot: 'refinement', source, parents: [], origin: { proposer: 'seed' } });
      crashed = await evaluator.countDistances({ ...seeds, refinement: crashes }, [10]);
      exactWork = await evaluator.countDistances(await seedCandidates('exact'), [10]);
    } finally {
      await close();
    }
  });

  it('is the distances that it evaluates for a query, more of them with more effort', () => {
    expect(work.map(({ effort }) => effort)).toEqual([10, 20, 80]);
    const counts = work.map(({ distances }) => Number(distances));
    expect(counts[0]).toBeGreaterThan(10);
    expect(counts[1]).toBeGreaterThan(counts[0]!);
    expect(counts[2]).toBeGreaterThan(counts[1]!);
    expect(counts[2]).toBeLessThan(3000);
  });

  it('is every vector once where all are looked at, and a few again in refinement', () => {
    expect(exactWork[0]!.distances).toBeGreaterThanOrEqual(3000);
    expect(exactWork[0]!.distances).toBeLessThan(3200);
  });

  it('comes with the events that this machine counts: page faults at least', () => {
    for (const point of [...work, ...exactWork]) expect(point.pageFaults).toBeGreaterThanOrEqual(0);
    // Either the processor counts here, or the fields are absent: never a zero that means nothing.
    for (const { instructions } of work) if (instructions !== undefined) expect(instructions).toBeGreaterThan(100);
  });

  it('is empty for an index that does not get through the counting', () => expect(crashed).toEqual([]));

  it('is called not counted where an index brings kernels of its own', () => {
    const point = workPoint(8, { instructions: 5000, distances: 0 }, 0, 50);
    expect(point).toEqual({ effort: 8, distances: 'not counted', instructions: 100 });
  });
});

it('an index faster than the machine can be is tampering', async () => {
  expect(await seedBesideItself({ qpsCeiling: 1 })).toMatchObject({ kind: 'tampered', rule: 'above-roofline' });
}, 60_000);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorkbench, openEvaluator, type Workbench } from '../assemble.ts';
import type { Index } from '../core/evaluation.ts';
import { type CampaignSpec, parseSpec } from '../core/spec.ts';
import { seedCandidates } from '../seeds.ts';
import { smallDataset } from '../testing/small-dataset.ts';
import type { EvaluatorParts } from './evaluator.ts';

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
  expect(outcome.cost.peakBytes).toBeGreaterThan(outcome.cost.indexBytes + baseBytes);
  expect(outcome.cost.buildPeakBytes).toBeGreaterThan(baseBytes);
}, 60_000);

it('an index faster than the machine can be is tampering', async () => {
  expect(await seedBesideItself({ qpsCeiling: 1 })).toMatchObject({ kind: 'tampered', rule: 'above-roofline' });
}, 60_000);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorkbench, openEvaluator } from '../assemble.ts';
import { parseSpec } from '../core/spec.ts';
import { seedCandidates } from '../seeds.ts';
import { smallDataset } from '../testing/small-dataset.ts';

const silent = { event: () => {}, close: () => {} };

let folder: string;
let files: { dataset: string; queries: string };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-modes-'));
  files = await smallDataset(folder);
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  { metric: 'euclidean', k: 1, mode: 'single' },
  { metric: 'euclidean', k: 100, mode: 'single' },
  { metric: 'angular', k: 1, mode: 'single' },
  { metric: 'angular', k: 10, mode: 'single' },
  { metric: 'angular', k: 100, mode: 'throughput' },
  { metric: 'euclidean', k: 10, mode: 'throughput' },
] as const)('the seed reaches the window and is timed: $metric, k = $k, $mode', async (asked) => {
  const spec = parseSpec({ name: 'modes', ...files, ...asked, memoryMebibytes: 512 });
  const bench = await makeWorkbench(spec, folder, silent);
  const { evaluator, close } = await openEvaluator(spec, bench, folder, () => undefined);
  try {
    const seeds = await seedCandidates('graph');
    const { outcome } = await evaluator.compare(seeds, seeds, undefined, { queries: 'search' });
    if (outcome.kind !== 'scored') throw new Error(JSON.stringify(outcome));
    expect(Math.max(...outcome.curve.map(({ recall }) => recall))).toBeGreaterThanOrEqual(0.95);
    expect(outcome.speedup.value).toBeGreaterThan(0.5);
    expect(outcome.speedup.value).toBeLessThan(2);
  } finally {
    await close();
  }
});

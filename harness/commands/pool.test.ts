import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePrompt } from '../core/prompt.ts';
import { parseSpec } from '../core/spec.ts';
import { PromptWriter } from '../propose/prompt/compose.ts';
import { Journal } from '../record/journal.ts';
import { SampleJournal, sampleCandidate, sampleScored, sampleSeeds } from '../record/sample-campaign.ts';
import type { CliEnvironment } from './environment.ts';
import { showPool } from './pool.ts';
import { environmentIn } from './testing/environment-in.ts';

const seed = sampleSeeds.search.id;
const first = sampleCandidate('search', 4);
const second = sampleCandidate('search', 8);
let lines: string[];
let environment: CliEnvironment;

/** Two prompts on the seed: `wide-kernels` at its speed, then `four-bit-codes` a fifth faster, from which the pool learned. */
beforeAll(async () => {
  const runsDir = await mkdtemp(join(tmpdir(), 'annvil-pool-'));
  const sample = new SampleJournal();
  const champions = Object.fromEntries(Object.entries(sampleSeeds).map(([slot, { id }]) => [slot, id]));
  const entries = [
    ...sample.entries,
    ...[
      { group: 1, candidate: first, strategy: 'wide-kernels', speedup: 1, pool: undefined },
      { group: 2, candidate: second, strategy: 'four-bit-codes', speedup: 1.2, pool: { 'strategy:four-bit-codes': 1 } },
    ].flatMap(({ group, candidate, strategy, speedup, pool }) => {
      const prompt = makePrompt({ messages: [], parent: seed, exemplars: [], strategies: [strategy] });
      const outcome = sampleScored('slower', 100_000, speedup, speedup - 0.01, speedup + 0.01);
      const finished = { group, slot: 'search', advantages: {}, elapsedSeconds: 60, ...(pool && { pool }) } as const;
      const reward = Math.log(speedup);
      return [
        { type: 'group-proposed', group, slot: 'search', champions, candidates: [candidate], prompt } as const,
        { type: 'attempt-finished', group, candidate: candidate.id, outcome, reward, elapsedSeconds: 60 } as const,
        { type: 'group-finished', ...finished } as const,
      ];
    }),
  ];
  const journal = await Journal.open(join(runsDir, 'sample'));
  for (const entry of entries) await journal.append(entry as Parameters<typeof journal.append>[0]);
  await journal.close();
  ({ environment, printed: lines } = environmentIn(runsDir));
});

afterAll(() => rm(environment.runsDir, { recursive: true, force: true }));

test('prints a table a slot, likeliest first, of weight, logit, uses and mean advantage', async () => {
  await showPool(environment, undefined, { json: false, slot: 'search', top: 2 });
  const [slot, titles, likeliest, ...rest] = lines.pop()!.split('\n');
  expect(slot).toBe('search');
  expect(titles!.split(/ {2,}/)).toEqual(['entry', 'weight', 'as parent', 'logit', 'uses', 'mean advantage']);
  expect(likeliest).toMatch(/^exemplar:search-\w+ +[\d.]+ % +100\.0 % +0\.00/);
  expect(rest.pop()).toMatch(/^and \d+ more \(--top\)$/);
  await showPool(environment, undefined, { json: false, slot: 'search', top: 20 });
  expect(lines.pop()).toMatch(/^strategy:four-bit-codes +15\.3 % +1\.00 +1 +1\.00$/m);
});

test("refuses another target's slot, naming its own", async () => {
  const asked = showPool(environment, 'sample', { json: false, slot: 'stop-rule', top: 1 });
  await expect(asked).rejects.toThrow('of the target graph, whose slots are construction, search, refinement');
});

test('gives all slots and all entries as JSON', async () => {
  await showPool(environment, 'sample', { json: true, top: 1 });
  const pools = JSON.parse(lines.pop()!);
  expect(Object.keys(pools)).toEqual(['construction', 'search', 'refinement']);
  const strategies = pools.search.filter(({ parentWeight }: { parentWeight: unknown }) => parentWeight === null);
  // Those that no prompt has drawn yet, too.
  const { length } = (await PromptWriter.open(parseSpec({ name: 'a' }))).strategyNames.search;
  expect(strategies).toHaveLength(length);
  expect(strategies).toContainEqual({
    entry: 'strategy:wide-kernels',
    weight: expect.closeTo(0.9 / (length - 1 + Math.E) + 0.1 / length, 12),
    parentWeight: null,
    logit: 0,
    uses: 1,
    meanAdvantage: 0,
  });
});

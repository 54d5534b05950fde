import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkbench, openEvaluator } from '../assemble.ts';
import { makeCandidate } from '../core/candidate.ts';
import type { Index, Vetting } from '../core/evaluation.ts';
import { parseSpec } from '../core/spec.ts';
import type { Slot } from '../core/target.ts';
import { grammarsOf } from '../propose/grammar/grammars.ts';
import { samples } from '../propose/grammar/testing/variants.ts';
import { seedCandidates } from '../seeds.ts';
import { smallDataset } from '../testing/small-dataset.ts';
import type { GraphEvaluator } from './evaluator.ts';

const grammars = grammarsOf('graph');

let folder: string;
let evaluator: GraphEvaluator;
let close: () => Promise<void>;
let seeds: Index;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annvil-vetter-'));
  const spec = parseSpec({ name: 'test', ...(await smallDataset(folder)) });
  const bench = await makeWorkbench(spec, folder, { event: () => {}, close: () => {} });
  ({ evaluator, close } = await openEvaluator(spec, bench, folder, () => undefined));
  seeds = await seedCandidates('graph');
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true });
});

const vet = (slot: Slot, source: string): Promise<Vetting> => {
  const changed = makeCandidate({ slot, source, parents: [], origin: { proposer: 'seed' } });
  return evaluator.vet({ ...seeds, [slot]: changed }, changed);
};
/** The seed's header with `line` at the start of the body of the function whose definition ends in `head`. */
const withLine = (slot: Slot, head: RegExp, line: string): Promise<Vetting> => {
  const source = seeds[slot].source.replace(head, (found) => `${found}\n${line}`);
  expect(source).not.toBe(seeds[slot].source);
  return vet(slot, source);
};
const refining = /void refine\([^{]*\{/;
const clean = process.arch === 'x64' ? { portable: { v3: true, baseline: true, diagnostics: '' } } : {};

describe('nothing is found in', () => {
  it.each(['construction', 'search', 'refinement'] as const)('the seed of %s', async (slot) => {
    expect(await vet(slot, seeds[slot].source)).toEqual(clean);
  });

  it.each(['search', 'refinement'] as const)('a draw of the grammar of %s', async (slot) => {
    const [choices] = samples(grammars[slot], 1, `vetted ${slot}`);
    expect(await vet(slot, grammars[slot].emit(choices!)), JSON.stringify(choices)).toEqual(clean);
  });
});

describe('is found, named and shown:', () => {
  it.each([
    ['a write past the answers', 'nearest.data()[nearest.size()] = 0;', 'use-after-poison'],
    ['a read of freed memory', 'int* p = new int[4]; delete[] p; if (p[1] == 9) return;', 'heap-use-after-free'],
    ['signed overflow', 'volatile int n = 2147483647; n = n + 1;', 'undefined behaviour'],
  ])('%s', async (_, line, signal) => {
    const { outcome, portable } = await withLine('refinement', refining, line);
    expect(outcome).toMatchObject({ kind: 'crashed', stage: 'sanitize', signal });
    expect(outcome?.kind === 'crashed' && outcome.stderr).toMatch(/candidate::Refinement|refinement\.hpp/);
    expect(portable).toBeUndefined();
  });

  it('a race between threads that build', async () => {
    const { outcome } = await withLine(
      'construction',
      /static annvil::Graph build\([^{]*\{/,
      // Each waits for all, so that on a busy machine too none is done before the next has begun.
      'int total = 0; std::atomic<std::uint32_t> here{0}; annvil::parallel_for(limits.threads, limits.threads, 1, [&](std::size_t, std::uint32_t) {' +
        ' here.fetch_add(1, std::memory_order_relaxed); while (here.load(std::memory_order_relaxed) < limits.threads) {} total = total + 1; });' +
        ' if (total == 0) return {};',
    );
    expect(outcome).toMatchObject({ kind: 'crashed', stage: 'sanitize', signal: 'data race' });
  });

  it('memory without end', async () => {
    const hoard = 'std::vector<std::vector<char>> all; for (;;) all.emplace_back(1 << 24, 1);';
    expect((await withLine('refinement', refining, hoard)).outcome).toMatchObject({
      kind: 'over-limit',
      stage: 'sanitize',
      resource: 'memory',
    });
  });
});

it.runIf(process.arch === 'x64')(
  'a header of AVX-512 alone passes, and is noted to be of no use elsewhere',
  async () => {
    const line = 'volatile int lanes = _mm512_reduce_add_epi32(_mm512_set1_epi32(1)); (void)lanes;';
    const source = seeds.refinement.source
      .replace('#include <cstdint>', '#include <cstdint>\n#include <immintrin.h>')
      .replace(refining, (found) => `${found}\n${line}`);
    const { portable } = await vet('refinement', source);
    expect(portable).toMatchObject({
      v3: false,
      baseline: false,
      diagnostics: expect.stringContaining('target specific'),
    });
  },
);

import { join } from 'node:path';
import { makeCandidate } from '../core/candidate.ts';
import type { JournalEntry } from '../core/journal.ts';
import { parseSpec } from '../core/spec.ts';
import { ofSlots } from '../core/target.ts';
import { Journal } from '../record/journal.ts';
import { sampleScored, sampleStart } from '../record/sample-campaign.ts';
import { seedCandidates } from '../seeds.ts';

/** A made-up campaign over the real seeds, whose champion of `search` is the seed's text and a function that only AVX-512 has. */
export async function writeExportableCampaign(runsDir: string, name: string): Promise<{ champion: string }> {
  const seeds = await seedCandidates('graph');
  const start = sampleStart as Extract<JournalEntry, { type: 'campaign-started' }>;
  const wide =
    '#include <immintrin.h>\n\nnamespace candidate {\n[[gnu::used]] inline int wide() { return _mm512_reduce_add_epi32(_mm512_set1_epi32(1)); }\n}\n';
  const champion = makeCandidate({
    slot: 'search',
    source: seeds.search.source.replace('#pragma once\n', `#pragma once\n${wide}`),
    parents: [seeds.search.id],
    origin: { proposer: 'grammar', choices: { width: 'avx512' } },
  });
  const hopeless = makeCandidate({ ...champion, source: `${champion.source}#error\n` });
  const ids = ofSlots('graph', {
    construction: seeds.construction.id,
    search: seeds.search.id,
    refinement: seeds.refinement.id,
  });
  const same = sampleScored('accepted', 101_000, 1.01, 0.98, 1.04);
  const entries: JournalEntry[] = [
    { ...start, spec: parseSpec({ name, maxDegree: 24 }), seeds },
    { type: 'seed-measured', outcome: sampleScored('indecisive', 100_000, 1, 0.99, 1.01) },
    { type: 'group-proposed', group: 1, slot: 'search', champions: ids, candidates: [champion, hopeless] },
    { type: 'attempt-finished', group: 1, candidate: champion.id, outcome: same, reward: 0.01, elapsedSeconds: 40 },
    {
      type: 'attempt-finished',
      group: 1,
      candidate: hopeless.id,
      outcome: { kind: 'compile-error', diagnostics: 'search.hpp:1:1: error: #error' },
      reward: -2.5,
      elapsedSeconds: 50,
    },
    { type: 'promotion-measured', group: 1, candidate: champion.id, outcome: same, promoted: true, elapsedSeconds: 90 },
    { type: 'group-finished', group: 1, slot: 'search', advantages: {}, elapsedSeconds: 90 },
    {
      type: 'final-measured',
      final: {
        combined: same,
        slots: ofSlots('graph', { construction: null, search: same, refinement: null }),
        seed: sampleScored('indecisive', 100_000, 1, 1, 1),
      },
      elapsedSeconds: 120,
    },
    { type: 'campaign-finished', reason: 'evaluation-budget', elapsedSeconds: 121 },
  ];
  const journal = await Journal.open(join(runsDir, name));
  for (const entry of entries) await journal.append(entry);
  await journal.close();
  return { champion: champion.id };
}

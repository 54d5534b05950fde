import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCandidate } from './core/candidate.ts';
import type { Index } from './core/evaluation.ts';
import { packageRoot } from './core/paths.ts';
import { graphSlots } from './core/target.ts';

/** The seed headers of an index in seeds/: `graph`, or `exact`, the brute-force oracle. */
export async function seedCandidates(name: 'graph' | 'exact'): Promise<Index> {
  const entries = await Promise.all(
    graphSlots.map(async (slot) => {
      const source = await readFile(join(packageRoot, 'seeds', name, `${slot}.hpp`), 'utf8');
      return [slot, makeCandidate({ slot, source, parents: [], origin: { proposer: 'seed' } })] as const;
    }),
  );
  return Object.fromEntries(entries) as unknown as Index;
}

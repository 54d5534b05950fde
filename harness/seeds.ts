import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCandidate } from './core/candidate.ts';
import { UsageError } from './core/errors.ts';
import type { Index } from './core/evaluation.ts';
import { packageRoot } from './core/paths.ts';
import { perSlotAwaited, type Target } from './core/target.ts';

/**
 * The seed headers of an index in seeds/: a target's own, or `exact`, the brute-force oracle of the graph.
 * @throws UsageError where the target has none
 */
export function seedCandidates(name: Target | 'exact'): Promise<Index> {
  const target = name === 'exact' ? 'graph' : name;
  return perSlotAwaited(target, async (slot) => {
    const path = join('seeds', name, `${slot}.hpp`);
    const source = await readFile(join(packageRoot, path), 'utf8').catch((cause) => {
      throw new UsageError(`the target ${name} has no seed for ${slot} (${path}): take another --target`, { cause });
    });
    return makeCandidate({ slot, source, parents: [], origin: { proposer: 'seed' } });
  });
}

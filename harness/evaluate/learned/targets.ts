import { UsageError } from '../../core/errors.ts';
import { balancedTree } from '../balanced-tree/target.ts';
import { clusterRouting } from '../cluster-routing/target.ts';
import { learnedLookup } from '../learned-lookup/target.ts';
import { neuralLsh } from '../neural-lsh/target.ts';
import type { LearnedTarget } from './learned-target.ts';

/** Every learned target, by name. */
export const learnedTargets: readonly LearnedTarget[] = [balancedTree, clusterRouting, learnedLookup, neuralLsh];

/** @throws UsageError naming those that there are */
export function learnedTarget(name: string): LearnedTarget {
  const found = learnedTargets.find((target) => target.name === name);
  if (found) return found;
  throw new UsageError(
    `no learned target "${name}"; there are ${learnedTargets.map((target) => target.name).join(', ')}`,
  );
}

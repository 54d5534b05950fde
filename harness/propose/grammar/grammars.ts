import { UsageError } from '../../core/errors.ts';
import type { Grammar } from '../../core/proposer.ts';
import type { PerSlot, SlotOf, Target } from '../../core/target.ts';
import { balancedTreeGrammars } from './balanced-tree/grammars.ts';
import { clusterRoutingGrammars } from './cluster-routing/grammars.ts';
import { graphGrammars } from './graph/grammars.ts';
import { learnedLookupGrammars } from './learned-lookup/grammars.ts';
import { neuralLshGrammars } from './neural-lsh/grammars.ts';

/** The grammars of each target: a line for one that comes to have them, the record of `./<target>/grammars.ts`. */
const registered: { readonly [T in Target]?: Readonly<Record<SlotOf<T>, Grammar>> } = {
  graph: graphGrammars,
  'neural-lsh': neuralLshGrammars,
  'balanced-tree': balancedTreeGrammars,
  'cluster-routing': clusterRoutingGrammars,
  'learned-lookup': learnedLookupGrammars,
};

/** The decision space of each slot of a target. @throws UsageError where it has none */
export function grammarsOf(target: Target): PerSlot<Grammar> {
  const found = registered[target];
  if (!found) {
    const others = Object.keys(registered).join(', ');
    throw new UsageError(`the target ${target} has no grammar; give --target one of ${others}`);
  }
  return found as PerSlot<Grammar>;
}

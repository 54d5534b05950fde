import { UsageError } from '../core/errors.ts';
import { reproduction as balancedTree } from './balanced-tree/reproduction.ts';
import { clusterRoutingReproduction } from './cluster-routing/reproduction.ts';
import { reproduction as learnedLookup } from './learned-lookup/reproduction.ts';
import { neuralLshReproduction } from './neural-lsh/reproduction.ts';
import type { Reproduction } from './reproduction.ts';

/** Every paper that can be reproduced. */
export const reproductions: readonly Reproduction[] = [
  balancedTree,
  clusterRoutingReproduction,
  learnedLookup,
  neuralLshReproduction,
];

/** @throws UsageError naming those that there are */
export function reproductionOf(target: string): Reproduction {
  const found = reproductions.find((one) => one.target.name === target);
  if (found) return found;
  const known = reproductions.map((one) => one.target.name).join(', ');
  throw new UsageError(`nothing to reproduce for "${target}"; there are ${known}`);
}

import type { Choices } from '../../../../core/policy.ts';

/** Is the edge list asked for of the node that comes next if nothing nearer is found? */
export function prefetchesRunnerUp(choices: Choices): boolean {
  const when = choices['prefetch-next'];
  return when === 'runner-up' || when === 'both';
}

/** Is the edge list asked for of a node that is found nearer than all that wait? */
export function prefetchesInserted(choices: Choices): boolean {
  const when = choices['prefetch-next'];
  return when === 'inserted' || when === 'both';
}

/** Puts a node at `distance` into the pool, if it is near enough. */
export function insertion(choices: Choices, node: string): string {
  return prefetchesInserted(choices)
    ? `if (distance < pool.limit() && pool.insert(distance, ${node})) prefetch_edges(${node});`
    : `if (distance < pool.limit()) pool.insert(distance, ${node});`;
}

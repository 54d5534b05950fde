import type { Decision } from '../../../../core/policy.ts';

/** What a tree update can be made of, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'start', options: ['random', 'bisection', 'k-means'] },
  { name: 'prices', options: ['none', 'balancing'] },
  { name: 'order', options: ['confidence', 'margin', 'input'] },
  { name: 'inertia', options: ['0', '0.5', '2'] },
  { name: 'swaps', options: ['0', '1', '3'] },
];

/** The paper's: a random start, and whoever is surest of its branch chooses first. */
export const seedChoices = { start: 'random', prices: 'none', order: 'confidence', inertia: '0', swaps: '0' } as const;

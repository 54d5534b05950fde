import type { Choices, Decision } from '../../../../core/policy.ts';

const atOnce = ({ method }: Choices): boolean => method === 'k-way';

/** How the graph of neighbours is made and cut, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'neighbours', options: ['5', '10', '20', '30'] },
  { name: 'weights', options: ['mutual', 'equal', 'rank', 'shared'] },
  { name: 'method', options: ['kahip', 'k-way', 'recursive'] },
  { name: 'objective', options: ['cut', 'volume'], when: atOnce },
  { name: 'restarts', options: ['1', '4'] },
  { name: 'imbalance', options: ['requested', '0.01', '0.1', '0.2'] },
];

/** The paper's graph (10 neighbours, mutual ones twice), cut by KaHIP as there, or by METIS where that is not installed. */
export const seedChoices: Choices = {
  neighbours: '10',
  weights: 'mutual',
  method: 'kahip',
  restarts: '1',
  imbalance: 'requested',
};

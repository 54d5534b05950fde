import type { Choices, Decision } from '../../../../core/policy.ts';

const hides = ({ network }: Choices): boolean => network !== 'linear';

/** What a writer of extra vectors can be made of, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'network', options: ['linear', 'mlp', 'deep-mlp'] },
  { name: 'hidden', options: ['32', '64', '128', '256'], when: hides },
  { name: 'norm', options: ['none', 'layer-norm'], when: hides },
  { name: 'start', options: ['random', 'quantiles'], when: ({ network }) => network === 'linear' },
  { name: 'learning-rate', options: ['5e-4', '1e-3', '2e-3', '4e-3'] },
  { name: 'decay', options: ['none', 'tail', 'half'] },
];

export const seedChoices: Choices = {
  network: 'mlp',
  hidden: '64',
  norm: 'none',
  'learning-rate': '1e-3',
  decay: 'tail',
};

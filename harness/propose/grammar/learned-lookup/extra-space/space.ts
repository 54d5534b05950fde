import type { Choices, Decision } from '../../../../core/policy.ts';

const hides = ({ network }: Choices): boolean => network !== 'linear';

/**
 * What a writer of extra vectors can be made of, in the order in which it is decided. The paper's is the ranking transformer itself, which no slot can
 * leave: `annvil::Network` has no attention.
 */
export const space: readonly Decision[] = [
  { name: 'network', options: ['linear', 'mlp', 'deep-mlp'] },
  { name: 'hidden', options: ['64', '128', '256', '512'], when: hides },
  { name: 'norm', options: ['none', 'layer-norm'], when: hides },
  { name: 'start', options: ['random', 'quantiles'], when: ({ network }) => network === 'linear' },
  { name: 'learning-rate', options: ['1e-4', '5e-4', '1e-3', '2e-3', '4e-3'] },
  { name: 'decay', options: ['none', 'tail', 'half'] },
];

/** A network wide enough to count how many points lie below each of T thresholds. */
export const seedChoices: Choices = {
  network: 'deep-mlp',
  hidden: '256',
  norm: 'layer-norm',
  'learning-rate': '2e-3',
  decay: 'tail',
};

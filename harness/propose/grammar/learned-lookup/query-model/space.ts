import type { Choices, Decision } from '../../../../core/policy.ts';

const switches = ({ noise }: Choices): boolean => noise === 'last-then-all';
const noisy = ({ noise }: Choices): boolean => noise !== 'none';

/** What query models and their training can be made of, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'history', options: ['values', 'differences', 'log-differences'] },
  { name: 'layers', options: ['1', '2', '3'] },
  { name: 'width', options: ['half', 'preset', 'double'] },
  { name: 'norm', options: ['layer-norm', 'none'] },
  { name: 'noise', options: ['last-then-all', 'all', 'none'] },
  { name: 'noise-switch', options: ['0.15', '0.3', '0.5', '0.7'], when: switches },
  { name: 'temperature', options: ['0.5', '1', '2'], when: noisy },
  { name: 'lookup', options: ['soft', 'straight-through'] },
  { name: 'supervision', options: ['last', 'all-lightly', 'all-evenly', 'any'] },
  {
    name: 'loss',
    options: ['answer-share', 'squared-error', 'both'],
    when: ({ supervision }) => supervision !== 'any',
  },
  { name: 'learning-rate', options: ['1e-4', '5e-4', '1e-3', '2e-3', '4e-3'] },
  { name: 'decay', options: ['none', 'tail', 'half', 'all'] },
];

/** The paper's, but for the loss (the answer's share: better on the last lookup) and the falling step. */
export const seedChoices: Choices = {
  history: 'values',
  layers: '2',
  width: 'preset',
  norm: 'layer-norm',
  noise: 'last-then-all',
  'noise-switch': '0.3',
  temperature: '2',
  lookup: 'soft',
  loss: 'answer-share',
  supervision: 'last',
  'learning-rate': '1e-3',
  decay: 'tail',
};

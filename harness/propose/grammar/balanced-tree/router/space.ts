import type { Choices, Decision } from '../../../../core/policy.ts';

/** Whether every pair stands in a batch on its own, as in the paper, or all neighbours of a query together. */
export const single = ({ pairs }: Choices): boolean => pairs === 'single';

/** What a router can be made of, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'pairs', options: ['grouped', 'single'] },
  { name: 'mining', options: ['all', 'nearest-50', 'nearest-25', 'random-25'], when: (choices) => !single(choices) },
  { name: 'weights', options: ['equal', 'by-rank'], when: (choices) => !single(choices) },
  { name: 'augment', options: ['none', 'noise-0.1', 'noise-0.3', 'towards-a-neighbour'] },
  { name: 'encoder', options: ['one-hidden', 'two-hidden'] },
  { name: 'optimiser', options: ['adam', 'adamw'] },
  { name: 'rate', options: ['constant', 'last-third', 'cosine'] },
  { name: 'moments', options: ['kept', 'anew'] },
];

/** The paper's router, but for its batches: equal sums of the same losses, with each query encoded once and not once a neighbour. */
export const seedChoices: Choices = {
  pairs: 'grouped',
  mining: 'all',
  weights: 'equal',
  augment: 'none',
  encoder: 'one-hidden',
  optimiser: 'adam',
  rate: 'constant',
  moments: 'kept',
};

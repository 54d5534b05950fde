import type { Choices, Decision } from '../../../../core/policy.ts';

const copied = ({ precision }: Choices): boolean => precision !== 'float32';
const prefetched = (choices: Choices): boolean => choices['prefetch-ahead'] !== '0';
const abandons = ({ abandon }: Choices): boolean => abandon !== 'never';

/** What a refinement can be made of, in the order in which it is decided. */
export const space: readonly Decision[] = [
  { name: 'rerank', options: ['1', '1.2', '1.5', '2', '3', '4', '6', 'all'] },
  { name: 'precision', options: ['float32', 'fp16', '8-bit'] },
  { name: 'check', options: ['none', '1.2', '1.5', '2'], when: copied },
  { name: 'abandon', options: ['never', '128', '256', '384'] },
  { name: 'order', options: ['given', 'variance'], when: (choices) => abandons(choices) && copied(choices) },
  { name: 'selection', options: ['insertion', 'sort'], when: (choices) => !abandons(choices) },
  { name: 'prefetch-ahead', options: ['0', '1', '2', '4', '8', 'all'] },
  { name: 'prefetch-lines', options: ['2', '4', '8', '16', 'all'], when: prefetched },
];

/** Exact distances over everything that search hands over: right for any search. */
export const seedChoices: Choices = {
  rerank: 'all',
  precision: 'float32',
  abandon: 'never',
  selection: 'insertion',
  'prefetch-ahead': '1',
  'prefetch-lines': 'all',
};
